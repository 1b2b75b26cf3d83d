using System.Diagnostics;
using System.Text.Json;
using DurableChat.ScaleTest.Reporting;
using Xunit;

namespace DurableChat.ScaleTest.Tests.Runs;

/// <summary>Every scenario as a person runs it, only small.</summary>
[Collection(nameof(RunCollection))]
public sealed class ScenarioTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("durablechat-tests-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_storm_rereads_nothing()
    {
        var report = await RunAsync("--chats", "20", "--turns", "3");
        Assert.Equal(60, report.Turns.Completed);
        Assert.Equal(0, report.Reads.RereadsPerTurn);
        Assert.Equal(0, report.Reads.InitialReads);
        Assert.Equal(2, report.Store.CommitsPerTurn);
        // Six a turn, one of which adds to the owner's usage; the rest is what a replica does by the clock, which is
        // more on a slow machine.
        Assert.InRange(report.Store.StatementsPerTurn, 5, 6.9);
        Assert.True(report.Delivery.Events > 1200);
        Assert.True(report.Process.CpuSeconds > 0 && report.Process.RssPeakMb > 0);
        Assert.True(report.LatencyMs.CommitToDeliveryP99 > 0);
        Assert.Equal(60, report.Mock!.Value.GetProperty("completed").GetInt64());
    }

    [Fact]
    public async Task Without_a_window_a_storm_rereads_every_message()
    {
        var report = await RunAsync("--chats", "10", "--turns", "4", "--durable-window", "0");
        Assert.True(report.Reads.RereadsPerTurn >= 1, $"{report.Reads.RereadsPerTurn} rereads per turn");
        Assert.Equal(0, report.Reads.WindowHits);
    }

    [Theory]
    [InlineData("sse")]
    [InlineData("websocket")]
    public async Task Cut_streams_resume_without_a_read(string transport)
    {
        var report = await RunAsync("--scenario", "reconnect", "--chats", "10", "--turns", "4", "--transport", transport);
        Assert.Equal(60, report.Delivery.Reconnects);
        Assert.Equal(0, report.Reads.RereadsPerTurn);
        Assert.Equal(0, report.Reads.InitialReads);
        Assert.NotNull(report.LatencyMs.ResumeP99);
    }

    [Fact]
    public async Task Many_subscribers_share_what_is_in_memory()
    {
        var report = await RunAsync("--scenario", "fanout", "--chats", "2", "--turns", "3", "--subscribers", "50");
        Assert.Equal(0, report.Reads.RereadsPerTurn);
        Assert.True(report.Delivery.Events > 6000);
    }

    [Fact]
    public async Task Edits_reset_every_follower()
    {
        var report = await RunAsync("--scenario", "edit", "--chats", "10", "--turns", "5");
        Assert.Equal(50, report.Turns.Completed);

        // All of each history is in memory, before the edit and after it.
        Assert.Equal(0, report.Reads.FullRefreshReads);
    }

    [Fact]
    public async Task Subscribers_may_come_and_go() => await RunAsync("--scenario", "churn", "--chats", "10", "--turns", "4");

    [Fact]
    public async Task Connections_that_do_nothing_keep_no_turn_from_ending()
    {
        var report = await RunAsync("--scenario", "idle", "--chats", "5", "--connections", "300");
        Assert.Equal(20, report.Turns.Completed);
        Assert.Equal(["before", "silent", "listening"], report.Marks.Select(mark => mark.At));
        Assert.Equal(305, report.Marks[2].Figures["streams"]);
    }

    [Fact]
    public async Task What_a_turn_or_an_edit_costs_does_not_grow_with_what_lies_behind()
    {
        var report = await RunAsync("--scenario", "long", "--messages", "600", "--edits", "200", "--first-token-ms", "0", "--chunks", "1", "--chunk-ms", "0");
        var (grown, edited) = (report.Marks.Take(4).ToList(), report.Marks.Skip(4).ToList());
        Assert.Equal((600, 200), (grown[^1].Figures["messages"], edited[^1].Figures["edits"]));
        Assert.All(edited, mark => Assert.Equal(2, mark.Figures["messages"]));
        Assert.All(report.Marks, mark => Assert.Equal(2, mark.Figures["commits"]));

        // Now and then a commit has one statement more, which removes expired keys.
        Assert.All(grown, mark => Assert.Equal((6, 0), (Math.Round(mark.Figures["statements_of_commits"]), mark.Figures["reads_for_the_model"])));
        Assert.All(edited, mark => Assert.Equal(7, Math.Round(mark.Figures["statements_of_commits"])));
        Assert.All(grown.Skip(2), mark => Assert.Equal((100, 1, 200), (mark.Figures["page_oldest_messages"], mark.Figures["resume_head_messages"], mark.Figures["resume_near_head_messages"])));
    }

    [Fact]
    public async Task A_soak_keeps_its_rate()
    {
        var report = await RunAsync("--scenario", "soak", "--chats", "10", "--rate", "10", "--duration", "3");
        Assert.InRange(report.Turns.Completed, 35, 40);
    }

    [Fact]
    public async Task What_is_configured_for_other_servers_does_not_count()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "appsettings.json"),
            """{"Models":[{"Name":"other","Provider":"anthropic","Model":"none","ApiKeyVariable":"NO_SUCH_KEY"},{"Name":"two","Provider":"openai","Model":"none","ApiKeyVariable":"NO_SUCH_KEY"}]}""");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "DurableChat.Server.dll"), "scaletest", "--chats", "1", "--turns", "1"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = _folder.FullName,
        };
        start.Environment["Auth__Tokens__0__Owner"] = "alice";
        start.Environment["Auth__Tokens__0__Sha256"] = new string('0', 64);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_ends_a_run_with_the_report_so_far_and_leaves_no_process(string signal)
    {
        var json = Path.Combine(_folder.FullName, "report.json");
        using var process = DurableChatProgram.Start("scaletest", "--chats", "10", "--turns", "1000", "--json", json);
        while (await process.StandardOutput.ReadLineAsync() is { } line && !line.Contains("follow-ups", StringComparison.Ordinal))
        {
        }

        var children = await ChildrenAsync(process.Id);
        Assert.Equal(2, children.Count);
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(130, process.ExitCode);
        var report = await ReadAsync(json);
        Assert.True(report.Interrupted);
        Assert.True(report.Turns.Completed > 0);
        Assert.Equal(0, report.Delivery.Violations);
        Assert.All(children, id => Assert.False(Directory.Exists($"/proc/{id}")));
    }

    [Fact]
    public async Task A_server_that_ends_in_mid_run_ends_the_run_with_the_report_so_far()
    {
        var json = Path.Combine(_folder.FullName, "report.json");
        using var process = DurableChatProgram.Start("scaletest", "--chats", "3", "--turns", "1000", "--json", json);
        while (await process.StandardOutput.ReadLineAsync() is { } line && !line.Contains("follow-ups", StringComparison.Ordinal))
        {
        }

        using var kill = Process.Start("kill", ["-KILL", $"{(await ChildrenAsync(process.Id)).Max()}"]);
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(1, process.ExitCode);
        var report = await ReadAsync(json);
        Assert.Contains("ended in mid-run", Assert.Single(report.Failures), StringComparison.Ordinal);
        Assert.True(report.Turns.Completed > 0 && report.Process.CpuSeconds > 0);
    }

    [Theory]
    [InlineData("storm")]
    [InlineData("reconnect")]
    [InlineData("edit")]
    public async Task A_turn_that_takes_too_long_has_failed_and_nothing_is_lost(string scenario)
    {
        var json = Path.Combine(_folder.FullName, "report.json");
        var (code, output) = await DurableChatProgram.RunAsync(
            "scaletest", "--scenario", scenario, "--chats", "2", "--turns", "3", "--turn-timeout", "1", "--first-token-ms", "2500", "--json", json);
        Assert.True(code == 1, output);
        var report = await ReadAsync(json);
        Assert.Equal(2, report.Turns.Failed);
        Assert.Equal(2, report.TimedOutChats.Count);
        Assert.Equal(0, report.Delivery.Violations);
    }

    [Fact]
    public async Task The_page_and_the_comparison_show_the_figures()
    {
        var page = Path.Combine(_folder.FullName, "report.html");
        await RunAsync("--chats", "2", "--turns", "2", "--html", page);
        var html = await File.ReadAllTextAsync(page);
        Assert.Contains("rereads per turn", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", html.Replace("http://www.w3.org", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var json = Path.Combine(_folder.FullName, "report.json");
        var (code, table) = await DurableChatProgram.RunAsync("scaletest", "compare", json, json);
        Assert.Equal(0, code);
        Assert.Contains("statements per turn", table, StringComparison.Ordinal);
        Assert.Contains("1.00", table, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--chats", "0")]
    [InlineData("--chats", "many")]
    [InlineData("--url", "nonsense")]
    [InlineData("--scenario", "tempest")]
    [InlineData("--replicas", "0")]
    [InlineData("--json", "")]
    [InlineData("--html", " ")]
    [InlineData("--store", "")]
    [InlineData("--durable-window", "-1")]
    [InlineData("--durable-window", "65537")]
    [InlineData("--url", "http://127.0.0.1:1/?a=b")]
    [InlineData("--token", "two words")]
    public async Task A_wrong_option_is_named(string option, string value)
    {
        var (code, output) = await DurableChatProgram.RunAsync("scaletest", option, value);
        Assert.NotEqual(0, code);
        Assert.Contains(option, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_ends_the_run_with_a_sentence()
    {
        var json = Path.Combine(_folder.FullName, "report.json");
        var (code, output) = await DurableChatProgram.RunAsync("scaletest", "--url", "http://127.0.0.1:1", "--json", json);
        Assert.False(File.Exists(json));
        Assert.Equal(2, code);
        Assert.Contains("127.0.0.1:1", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_report_is_named()
    {
        var file = Path.Combine(_folder.FullName, "none.json");
        await File.WriteAllTextAsync(file, "nonsense");
        var (code, output) = await DurableChatProgram.RunAsync("scaletest", "compare", file, file);
        Assert.Equal(2, code);
        Assert.Contains("none.json", output, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<int>> ChildrenAsync(int id)
    {
        using var process = Process.Start(new ProcessStartInfo("pgrep", ["-P", $"{id}"]) { RedirectStandardOutput = true })!;
        return [.. (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
    }

    private static async Task<ScaleReport> ReadAsync(string json) => JsonSerializer.Deserialize<ScaleReport>(await File.ReadAllTextAsync(json), ScaleReport.Json)!;

    private async Task<ScaleReport> RunAsync(params IReadOnlyList<string> arguments)
    {
        var json = Path.Combine(_folder.FullName, "report.json");
        var (code, output) = await DurableChatProgram.RunAsync(["scaletest", "--json", json, .. arguments]);
        Assert.True(code == 0, output);
        var report = await ReadAsync(json);
        Assert.True(report.IsClean());
        return report;
    }
}
