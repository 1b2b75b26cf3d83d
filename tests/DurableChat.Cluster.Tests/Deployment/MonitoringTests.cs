using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace DurableChat.Cluster.Tests.Deployment;

/// <summary>The dashboard and the alerts that are shipped.</summary>
[Collection(DeploymentCollection.Name)]
public sealed partial class MonitoringTests(TwoReplicas replicas)
{
    [Fact]
    public async Task Every_metric_that_they_name_is_one_that_the_servers_have()
    {
        using var http = new HttpClient();
        foreach (var url in replicas.Urls)
        {
            await TwoReplicas.AnswerAsync(http, url, "hello");
            await TwoReplicas.AnswerAsync(http, url, "please fail");
        }

        var shown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var url in replicas.Urls)
        {
            shown.UnionWith(SampleName().Matches(await http.GetStringAsync(new Uri(url, "metrics"))).Select(match => match.Groups[1].Value));
        }

        var alerts = await ReadAsync("prometheus-alerts.yaml");
        var named = Metrics(alerts).Concat(Expressions(await ReadAsync("grafana-dashboard.json")).SelectMany(Metrics)).Distinct().ToList();
        Assert.True(named.Count > 20, $"{named.Count} metrics");
        Assert.Empty(named.Except(shown));
    }

    private static IEnumerable<string> Metrics(string text) => MetricName().Matches(text).Select(match => match.Value);

    /// <summary>What the panels and the variables ask for.</summary>
    private static IEnumerable<string> Expressions(string dashboard)
    {
        using var json = JsonDocument.Parse(dashboard);
        var panels = json.RootElement.GetProperty("panels").EnumerateArray().Where(panel => panel.TryGetProperty("targets", out _));
        var variables = json.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray();
        return [
            .. panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!),
            .. variables.Select(variable => variable.GetProperty("query").GetString()!),
        ];
    }

    private static Task<string> ReadAsync(string name) => File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "deploy", name));

    [GeneratedRegex(@"^(?:# TYPE )?(\w+)", RegexOptions.Multiline)]
    private static partial Regex SampleName();

    [GeneratedRegex(@"\b(durablechat|http_server|dotnet|kestrel|aspnetcore)_\w+")]
    private static partial Regex MetricName();
}
