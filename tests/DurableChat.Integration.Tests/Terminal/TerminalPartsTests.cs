using System.Text.RegularExpressions;
using DurableChat.Integration.Tests.Http;
using Xunit;

namespace DurableChat.Integration.Tests.Terminal;

/// <summary>What providers give beside text, for people at a terminal and programs at a pipe.</summary>
public sealed partial class TerminalPartsTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await PartsModel.StartServerAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_terminal_shows_a_refusal_sources_files_and_tools_of_the_provider()
    {
        using var terminal = ClientProgram.StartInTerminal(_server.Url, "chat");
        await terminal.SeeAsync("> ");
        await terminal.TypeAsync($"{PartsModel.All}\n");
        await terminal.SeeAsync("[the model declined to answer]");
        var output = Styles().Replace(terminal.Output.ReplaceLineEndings("\n"), "");
        Assert.Contains("[the provider ran web_search weather in Berlin]\n", output, StringComparison.Ordinal);
        Assert.Contains("It rains.I cannot say more.\n", output, StringComparison.Ordinal);
        Assert.Contains(
            "[source: A, https://example.com/a]\n[source: https://example.com/b]\n[a file: image/png",
            output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_at_a_pipe_learns_on_the_error_output_why_there_is_no_answer()
    {
        var cut = await ClientProgram.RunAsync(_server.Url, PartsModel.CutOff, "chat");
        Assert.Equal((0, "", "durablechat: The answer reached its token limit before its first word.\n"), cut);
        var withheld = await ClientProgram.RunAsync(_server.Url, PartsModel.Withheld, "chat");
        Assert.Equal((0, "", "durablechat: The provider declined to answer.\n"), withheld);
        var refused = await ClientProgram.RunAsync(_server.Url, PartsModel.All, "chat");
        Assert.Equal((0, "It rains.I cannot say more.\n", "durablechat: The model declined to answer.\n"), refused);
    }

    [Fact]
    public async Task An_export_has_all_of_it_and_is_imported()
    {
        foreach (var wish in new[] { PartsModel.All, PartsModel.CutOff })
        {
            var chat = await _server.CreateAsync(wish);
            await _server.FollowAsync(chat, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
            var exported = await ClientProgram.RunAsync(_server.Url, "", "export", chat, "--format", "json");
            var (code, id, errors) = await ClientProgram.RunAsync(_server.Url, exported.Output, "import", "-");
            Assert.Equal((0, ""), (code, errors));
            Assert.Equal(await PartsAsync(chat), await PartsAsync(id.Trim()));
            var (_, markdown, _) = await ClientProgram.RunAsync(_server.Url, "", "export", chat);
            string[] expected = wish == PartsModel.CutOff
                ? ["*(the answer reached its token limit)*"]
                :
                [
                    "The provider ran `web_search`:",
                    "Source: [A](<https://example.com/a>)",
                    "*(A file: image/png, 0.0 KiB)*",
                    "*(The model declined to answer)*\n\nI cannot say more.",
                ];
            Assert.All(expected, line => Assert.Contains($"\n{line}\n", markdown, StringComparison.Ordinal));
        }
    }

    [GeneratedRegex(@"\e\[\d+m")]
    private static partial Regex Styles();

    private async Task<string> PartsAsync(string chat) =>
        (await _server.GetAsync($"chats/{chat}/messages")).GetProperty("messages")[1].GetProperty("parts").GetRawText();
}
