using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using DurableChat.Client;
using DurableChat.Integration.Tests.Http;
using Xunit;

namespace DurableChat.Integration.Tests.Terminal;

/// <summary>The commands that talk to a server, as processes.</summary>
public sealed partial class TerminalTests : IAsyncLifetime
{
    private const string Wish = "tell me a long story";

    private const string ExportedId = "7183192f92c11a22f5db19297de09c0b";

    /// <summary>What the first version of the command wrote.</summary>
    private const string Exported = $$"""
        {
          "format": "durablechat-1",
          "id": "{{ExportedId}}",
          "title": "<Zeit> é",
          "model": "demo",
          "created_at": "2026-11-01T10:00:00+00:00",
          "messages": [
            {
              "id": 1,
              "previous_id": 0,
              "role": "user",
              "parts": [
                {
                  "type": "text",
                  "text": "what \"time\" is it? é"
                }
              ],
              "generation": 0,
              "created_at": "2026-11-01T10:00:00.855558+00:00"
            },
            {
              "id": 2,
              "previous_id": 1,
              "role": "assistant",
              "parts": [
                {
                  "type": "reasoning",
                  "text": "A clock is needed."
                },
                {
                  "type": "text",
                  "text": "Let me look that up. "
                },
                {
                  "type": "tool_call",
                  "call_id": "call_1",
                  "name": "current_time",
                  "arguments": "{}"
                }
              ],
              "generation": 1,
              "model": "demo",
              "finish_reason": "tool_calls",
              "usage": {
                "input_tokens": 6,
                "output_tokens": 6
              },
              "created_at": "2026-11-01T10:00:01.22984+00:00"
            },
            {
              "id": 3,
              "previous_id": 2,
              "role": "tool",
              "parts": [
                {
                  "type": "tool_result",
                  "call_id": "call_1",
                  "result": "Sunday",
                  "is_error": false
                }
              ],
              "generation": 0,
              "created_at": "2026-11-01T10:00:01.304074+00:00"
            },
            {
              "id": 4,
              "previous_id": 3,
              "role": "assistant",
              "parts": [
                {
                  "type": "text",
                  "text": "Sunday, or so."
                }
              ],
              "generation": 2,
              "model": "demo",
              "finish_reason": "interrupted",
              "created_at": "2026-11-01T10:00:01.327854+00:00"
            }
          ]
        }

        """;

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_question_through_pipes_gives_the_answer_alone_though_every_connection_is_cut()
    {
        await using var proxy = new DroppingProxy(new Uri(_server.Url).Port, bytes: 8_000);
        var (code, output, errors) = await ClientProgram.RunAsync(proxy.Url, Wish, "chat", "--model", "slow");
        Assert.Equal((0, string.Empty), (code, errors));
        var chat = await OnlyChatAsync();
        Assert.Equal(await AnswerAsync(chat) + "\n", output);
        Assert.True(proxy.Cuts > 3, $"{proxy.Cuts} cuts");
        Assert.Equal(2, (await _server.ReadIdsAsync(chat)).Length);
    }

    [Fact]
    public async Task In_a_terminal_the_answer_streams_once_though_every_connection_is_cut()
    {
        await using var proxy = new DroppingProxy(new Uri(_server.Url).Port, bytes: 8_000);
        using var terminal = ClientProgram.StartInTerminal(proxy.Url, "chat", "--model", "slow", "--message", Wish);
        await terminal.SeeAsync("Part 2.");
        Assert.Equal("running", (await _server.GetAsync($"chats/{await OnlyChatAsync()}")).GetProperty("status").GetString());
        var (code, output, _) = await terminal.WaitAsync();
        Assert.Equal(0, code);
        Assert.Equal(await AnswerAsync(await OnlyChatAsync()), Plain(output).Trim());
        Assert.True(proxy.Cuts > 3, $"{proxy.Cuts} cuts");
    }

    [Fact]
    public async Task Ctrl_C_stops_the_answer_and_what_was_said_is_printed()
    {
        using var program = ClientProgram.Start(_server.Url, "chat", "--model", "slow");
        await program.TypeAsync(Wish);
        program.CloseInput();
        string? chat;
        while ((chat = await FindChatAsync()) is null)
        {
            await Task.Yield();
        }

        await _server.FollowAsync(chat, screen => screen.Preview.Length > 50);
        await program.InterruptAsync();
        var (code, output, _) = await program.WaitAsync();
        Assert.Equal(130, code);
        Assert.Equal(await AnswerAsync(chat) + "\n", output);
        Assert.DoesNotContain("The end.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_busy_chat_a_question_gets_its_own_answer_though_an_equal_one_waits_before_it()
    {
        var chat = await _server.CreateAsync("hello", model: "stuck");
        (await _server.Http.PostAsJsonAsync($"chats/{chat}/messages", new { content = "and now?", model = "demo" })).EnsureSuccessStatusCode();
        using var program = ClientProgram.Start(_server.Url, "chat", chat, "--model", "demo");
        await program.TypeAsync("and now?");
        program.CloseInput();
        using var taken = ClientProgram.Start(_server.Url, "chat", chat);
        await WaitForQueueAsync(chat, 2);
        await taken.TypeAsync("never mind");
        taken.CloseInput();
        await WaitForQueueAsync(chat, 3);
        (await _server.Http.DeleteAsync($"chats/{chat}/queue/3")).EnsureSuccessStatusCode();
        Assert.Equal((1, "", "durablechat: The question was taken out of the queue.\n"), await taken.WaitAsync());
        using var promoted = await _server.Http.PostAsync($"chats/{chat}/queue/2/promote", null);
        var (code, output, errors) = await program.WaitAsync();
        Assert.Equal((0, string.Empty), (code, errors));
        var messages = (await _server.GetAsync($"chats/{chat}/messages")).GetProperty("messages").EnumerateArray().ToList();
        var own = messages.FindIndex(message => message.TryGetProperty("queued_id", out var number) && number.GetInt32() == 2);
        Assert.Equal(messages[own + 1].GetProperty("parts")[0].GetProperty("text").GetString() + "\n", output);
    }

    [Fact]
    public async Task A_conversation_queues_stops_leaves_and_is_resumed()
    {
        string chat;
        using (var terminal = ClientProgram.StartInTerminal(_server.Url, "chat", "--model", "slow"))
        {
            await terminal.SeeAsync("> ");
            await terminal.TypeAsync($"{Wish}\n");
            var at = await terminal.SeeAsync("Part 1.");
            chat = await OnlyChatAsync();
            await terminal.TypeAsync("and now?\n");
            await terminal.SeeAsync("[1 in the queue, next: and now?]", at);
            await terminal.TypeAsync("\u0003");
            at = await terminal.SeeAsync("[stopped]", at);
            at = await terminal.SeeAsync("> and now?", at);
            await terminal.SeeAsync("I remember because the server does", at);
            await _server.FollowAsync(chat, screen => screen.Status == "waiting" && screen.Ids.Count == 4);
            await terminal.SeeAsync("\n> ", at);
            await terminal.TypeAsync("\u0003");
            Assert.Equal(0, (await terminal.WaitAsync()).Code);
            Assert.Contains($"durablechat chat {chat}", terminal.Output, StringComparison.Ordinal);
        }

        using var again = ClientProgram.StartInTerminal(_server.Url, "chat", chat);
        await again.SeeAsync("\n> ", await again.SeeAsync("I remember because"));
        await again.TypeAsync("/quit\n");
        Assert.Equal(0, (await again.WaitAsync()).Code);
        Assert.Contains($"> {Wish}", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conversation_says_once_that_it_is_cut_off_and_goes_on()
    {
        const string Remark = "[the connection is lost; trying again]";
        await using var proxy = new DroppingProxy(new Uri(_server.Url).Port, connection => connection switch { 1 => 8_000, < 6 => 0, _ => int.MaxValue });
        using var terminal = ClientProgram.StartInTerminal(proxy.Url, "chat", "--model", "slow");
        await terminal.SeeAsync("> ");
        await terminal.TypeAsync($"{Wish}\n");
        await terminal.SeeAsync("\n> ", await terminal.SeeAsync("The end.", await terminal.SeeAsync(Remark)));
        Assert.InRange(proxy.Cuts, 4, 5);
        Assert.Equal(2, terminal.Output.Split(Remark).Length);
    }

    [Fact]
    public async Task A_chat_that_is_exported_and_imported_is_the_same_and_goes_on()
    {
        var chat = await _server.CreateAsync("what time is it?");
        await _server.FollowAsync(chat, screen => screen.Status == "waiting" && screen.Ids.Count == 4);
        var exported = await ClientProgram.RunAsync(_server.Url, "", "export", chat, "--format", "json");
        var imported = await ClientProgram.RunAsync(_server.Url, exported.Output, "import", "-");
        Assert.Equal((0, string.Empty), (imported.Code, imported.Errors));
        var copy = imported.Output.Trim();
        Assert.NotEqual(chat, copy);
        var messages = await MessagesAsync(copy);
        Assert.Equal(await MessagesAsync(chat), messages);
        var (code, answer, _) = await ClientProgram.RunAsync(_server.Url, "and now?", "chat", copy);
        Assert.Equal((0, true), (code, answer.Contains("You began with \"what time is it?\"", StringComparison.Ordinal)));
        var (_, markdown, _) = await ClientProgram.RunAsync(_server.Url, "", "export", copy);
        Assert.Contains("## You\n\nwhat time is it?\n\n## Assistant (demo)\n", markdown, StringComparison.Ordinal);
        Assert.Contains("Calls `current_time`:\n\n```\n{}\n```\n", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_another_version_is_imported_and_the_form_of_files_stays()
    {
        var newer = Exported.Replace("\"generation\": 1,", "\"generation\": 1, \"mood\": {\"is\": \"new\"},", StringComparison.Ordinal).Replace("\"format\"", "\"version\": 7, \"format\"", StringComparison.Ordinal);
        var (code, id, errors) = await ClientProgram.RunAsync(_server.Url, newer, "import", "-");
        Assert.Equal((0, string.Empty), (code, errors));
        var (_, again, _) = await ClientProgram.RunAsync(_server.Url, "", "export", id.Trim(), "--format", "json");
        Assert.Equal(Exported.Replace(ExportedId, id.Trim(), StringComparison.Ordinal), CreatedAt().Replace(again, "\"created_at\": \"2026-11-01T10:00:00+00:00\"", 1));
    }

    [Fact]
    public async Task What_fails_is_said_on_the_error_output_alone()
    {
        Assert.Equal((1, "", "durablechat: There is no such chat.\n"), await ClientProgram.RunAsync(_server.Url, "hi", "chat", new string('f', 32)));
        var (code, output, errors) = await ClientProgram.RunAsync(_server.Url, "hi", "chat", "--model", "none");
        Assert.Equal((1, "", true), (code, output, errors.Contains("There is no model named 'none'.", StringComparison.Ordinal)));
        Assert.Equal(2, (await ClientProgram.RunAsync(_server.Url, " ", "chat")).Code);
        Assert.Equal(2, (await ClientProgram.RunAsync(_server.Url, "{}", "import", "-")).Code);
    }

    [Fact]
    public async Task Bash_completes_options_and_models_of_the_server()
    {
        var program = $"dotnet '{Path.Combine(AppContext.BaseDirectory, "DurableChat.Server.dll")}'";
        var script = $$"""
            durablechat() { {{program}} "$@"; }
            source <(durablechat completion bash)
            complete_line() { COMP_LINE=$1 COMP_POINT=${#1}; read -ra COMP_WORDS <<<"$1"; [ "${1: -1}" != ' ' ] || COMP_WORDS+=(''); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _durablechat; echo "${COMPREPLY[@]}"; }
            complete_line 'durablechat export --fo'

            # A completion gives the server a second to answer, which is little on a busy machine.
            for _ in {1..20}; do
                models=$(complete_line 'durablechat chat --model s')
                [ -z "$models" ] || break
            done
            echo "$models"
            """;
        var start = new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true };
        start.Environment["DURABLECHAT_URL"] = _server.Url;
        using var bash = Process.Start(start)!;
        Assert.Equal("--format\nslow stuck\n", await bash.StandardOutput.ReadToEndAsync());
    }

    /// <summary>What is read on the screen: the runtime sends a few codes of its own.</summary>
    private static string Plain(string terminal) => TerminalCode().Replace(terminal, "");

    private async Task<string?> FindChatAsync() =>
        (await _server.GetAsync("chats")).GetProperty("chats").EnumerateArray().Select(chat => chat.GetProperty("id").GetString()).SingleOrDefault();

    private async Task<string> OnlyChatAsync() => (await FindChatAsync())!;

    private async Task<string> AnswerAsync(string chat) =>
        (await _server.GetAsync($"chats/{chat}/messages")).GetProperty("messages")[1].GetProperty("parts")[0].GetProperty("text").GetString()!;

    private async Task WaitForQueueAsync(string chat, int count)
    {
        await foreach (var next in new DurableChatClient(_server.Http).FollowAsync(chat, cancellationToken: TestContext.Current.CancellationToken))
        {
            if (next is QueueEvent { Queue: var queue } && queue.Count == count)
            {
                break;
            }
        }
    }

    [GeneratedRegex("\"created_at\": \"[^\"]*\"")]
    private static partial Regex CreatedAt();

    [GeneratedRegex(@"\r|\e\[[0-9;?]*[A-Za-z]|\e[=>]")]
    private static partial Regex TerminalCode();

    private async Task<string> MessagesAsync(string chat) => JsonSerializer.Serialize((await _server.GetAsync($"chats/{chat}/messages")).GetProperty("messages"));
}
