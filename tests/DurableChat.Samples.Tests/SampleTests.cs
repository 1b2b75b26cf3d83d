using DurableChat.ScaleTest.Running;
using Xunit;

namespace DurableChat.Samples.Tests;

/// <summary>The samples do what they say, made of the packages.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task The_minimal_program_streams_an_answer_to_the_client()
    {
        using var server = await SampleProcess.StartAsync("Minimal");
        Assert.EndsWith("\n[You said: hello there]\nYou said: once more\n", await AskAsync(server.Url, "hello there"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tools_of_the_program_and_of_mcp_servers_are_called_as_far_as_they_are_allowed()
    {
        using var http = await SampleProcess.StartAsync("McpServer", "--http");
        using var server = await SampleProcess.StartAsync(
            "Tools",
            "--Mcp:Servers:1:Name", "remote", "--Mcp:Servers:1:Url", $"{http.Url}/mcp", "--Mcp:Servers:1:AllowedTools:0", "divide", "--Mcp:Servers:1:Prefix", "remote_");
        Assert.Equal("(You talk to user:alice.) The tool said: It is sunny in Rome.", await AnswerAsync(server.Url, "call weather {\"city\":\"Rome\"}"));
        Assert.Equal("(You talk to user:alice.) The tool said: 5", await AnswerAsync(server.Url, "call add {\"a\":2,\"b\":3}"));
        Assert.Equal("(You talk to user:alice.) The tool said: 2", await AnswerAsync(server.Url, "call remote_divide {\"a\":4,\"b\":2}"));
        Assert.Contains("divided by zero", await AnswerAsync(server.Url, "call remote_divide {\"a\":4,\"b\":0}"), StringComparison.Ordinal);
        Assert.Contains("There is no tool named 'forget_everything'", await AnswerAsync(server.Url, "call forget_everything"), StringComparison.Ordinal);
        Assert.Equal("impolite: Please do not shout.", await AnswerAsync(server.Url, "HELLO"));
    }

    [Fact]
    public async Task An_answer_that_one_replica_makes_is_followed_at_the_other()
    {
        await using var postgres = await PostgresProcess.StartAsync(isDurable: false, CancellationToken.None);
        var keys = Directory.CreateTempSubdirectory("durablechat-keys");
        try
        {
            // Long enough for the client to come before the answer is committed.
            string[] settings = ["--Database", postgres.ConnectionString, "--Keys", keys.FullName, "--Pause", "250"];
            using var one = await SampleProcess.StartAsync("Cluster", settings);
            using var other = await SampleProcess.StartAsync("Cluster", settings);
            var question = string.Join(' ', Enumerable.Repeat("word", 20));
            Assert.Equal($"You said: {question}\n[You said: {question}]\nYou said: once more\n", await AskAsync(one.Url, question, other.Url));
        }
        finally
        {
            keys.Delete(recursive: true);
        }
    }

    private static Task<string> AskAsync(string url, params string[] arguments) => Programs.RunAsync("dotnet", [PackedSamples.Program("Client"), url, .. arguments]);

    /// <summary>The committed answer, which the client shows in brackets.</summary>
    private static async Task<string> AnswerAsync(string url, string question) =>
        (await AskAsync(url, question)).Split('\n').Last(line => line.StartsWith('[')).Trim('[', ']');
}
