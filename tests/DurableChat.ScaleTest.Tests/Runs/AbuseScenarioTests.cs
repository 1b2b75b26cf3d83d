using System.Text.Json;
using DurableChat.ScaleTest.Reporting;
using Xunit;

namespace DurableChat.ScaleTest.Tests.Runs;

/// <summary>The abuser is at work in every other round, within its bounds, and nobody else is refused.</summary>
[Collection(nameof(RunCollection))]
public sealed class AbuseScenarioTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("durablechat-tests-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_the_others_wait_for_is_measured_with_the_abuser_and_without()
    {
        var json = Path.Combine(_folder.FullName, "report.json");
        var (code, output) = await DurableChatProgram.RunAsync(
            "scaletest", "--json", json, "--scenario", "abuse", "--chats", "10", "--duration", "4", "--rate", "20", "--creations", "4", "--first-token-ms", "0", "--chunks", "1", "--chunk-ms", "0");
        Assert.True(code == 0, output);
        var report = JsonSerializer.Deserialize<ScaleReport>(await File.ReadAllTextAsync(json), ScaleReport.Json)!;
        var (others, abuser, memory) = (report.Marks[0].Figures, report.Marks[1].Figures, report.Marks[2].Figures);
        Assert.Equal(10, report.Turns.Completed);
        Assert.Equal(0, others["refused"]);
        Assert.All(new[] { "p50_alone_ms", "p99_alone_ms", "p50_beside_ms", "p99_beside_ms", "p99_ratio" }, name => Assert.True(others[name] > 0, name));
        Assert.Equal(4, abuser["creations"]);
        Assert.All(new[] { "messages", "renames" }, name => Assert.True(abuser[name] > 0, name));
        Assert.Equal(256, memory["budget_mb"]);
        Assert.True(memory["peak_mb"] > 0 && memory["feeds_mb"] > 0);
    }
}
