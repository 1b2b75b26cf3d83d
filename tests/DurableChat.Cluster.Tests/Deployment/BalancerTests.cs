using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DurableChat.ScaleTest.Commands;
using DurableChat.ScaleTest.Reporting;
using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Scenarios;
using DurableChat.ScaleTest.Wire;
using Xunit;

namespace DurableChat.Cluster.Tests.Deployment;

/// <summary>Two replicas behind the balancers whose configurations are shipped.</summary>
[Collection(DeploymentCollection.Name)]
public sealed class BalancerTests(TwoReplicas replicas)
{
    [Fact]
    public async Task Behind_nginx_nothing_is_lost_doubled_or_reordered()
    {
        await using var nginx = await Balancer.StartNginxAsync(replicas.Urls);
        await DriveAsync(nginx.Url, Transport.Sse);
        await DriveAsync(nginx.Url, Transport.Websocket);
    }

    [Fact]
    public async Task Behind_haproxy_nothing_is_lost_doubled_or_reordered()
    {
        await using var haproxy = await Balancer.StartHaproxyAsync(replicas.Urls);
        await DriveAsync(haproxy.Url, Transport.Sse);
        await DriveAsync(haproxy.Url, Transport.Websocket);
    }

    [Fact]
    public async Task Behind_caddy_nothing_is_lost_doubled_or_reordered()
    {
        await using var caddy = await Balancer.StartCaddyAsync(replicas.Urls);
        await DriveAsync(caddy.Url, Transport.Sse);
        await DriveAsync(caddy.Url, Transport.Websocket);
    }

    [Fact]
    public async Task Caddy_compresses_answers_but_no_stream_even_if_it_is_set_to_compress_all()
    {
        await using var caddy = await Balancer.StartCaddyAsync(replicas.Urls, site => Replace(site, "encode @whole zstd gzip", "encode zstd gzip"));
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");

        // It compresses no response that begins with a few bytes.
        var chat = await TwoReplicas.AnswerAsync(http, replicas.Urls[0], new string('x', 4_000));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.Contains("event: message", await ReadAsync(http, caddy.Url, chat, heartbeats: 2, patience.Token), StringComparison.Ordinal);
        using var answer = await http.GetAsync(new Uri(caddy.Url, "openapi/v1.json"));
        Assert.Equal(["gzip"], answer.Content.Headers.ContentEncoding);

        static string Replace(string site, string line, string with) =>
            site.Contains(line, StringComparison.Ordinal) ? site.Replace(line, with, StringComparison.Ordinal) : throw new InvalidOperationException($"'{line}' is missing.");
    }

    [Fact]
    public async Task The_buffering_of_nginx_would_hold_a_stream_back_and_the_header_and_the_setting_each_prevent_it()
    {
        await using var bare = await Balancer.StartNginxAsync(replicas.Urls, site => Deaf(Bare(site)));
        await using var header = await Balancer.StartNginxAsync(replicas.Urls, Bare);
        await using var setting = await Balancer.StartNginxAsync(replicas.Urls, Deaf);
        using var http = new HttpClient();
        var chat = await TwoReplicas.AnswerAsync(http, replicas.Urls[0], "hello");

        using var held = new CancellationTokenSource();
        var holding = ReadAsync(http, bare.Url, chat, heartbeats: 1, held.Token);
        Assert.Contains("event: message", await ReadAsync(http, header.Url, chat, heartbeats: 3, CancellationToken.None), StringComparison.Ordinal);
        Assert.Contains("event: message", await ReadAsync(http, setting.Url, chat, heartbeats: 3, CancellationToken.None), StringComparison.Ordinal);

        // The others have seen several heartbeats since, and here not even the response has begun.
        Assert.False(holding.IsCompleted);
        await held.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => holding);

        // What nginx does unless it is told otherwise: HTTP/1.0 to the replicas, and buffering.
        static string Bare(string site) => new[] { "proxy_buffering off;", "proxy_http_version 1.1;", "proxy_set_header Connection $durablechat_connection;" }
            .Aggregate(site, (rest, line) => rest.Contains(line, StringComparison.Ordinal) ? rest.Replace(line, "", StringComparison.Ordinal) : throw new InvalidOperationException($"'{line}' is missing."));

        static string Deaf(string site) => site.Replace("location / {", "location / { proxy_ignore_headers X-Accel-Buffering;", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nginx_lets_through_the_history_that_clients_of_the_ai_sdk_bring_along()
    {
        await using var nginx = await Balancer.StartNginxAsync(replicas.Urls);
        using var http = new HttpClient();
        object[] messages = [Message("a1", "assistant", new string('x', 2_000_000)), Message("u1", "user", "hello")];
        using var response = await http.PostAsJsonAsync(new Uri(nginx.Url, "ai-sdk/chat"), new { id = "long-history", trigger = "submit-message", messages });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("\"finish\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        static object Message(string id, string role, string text) => new { id, role, parts = new[] { new { type = "text", text } } };
    }

    private static async Task DriveAsync(Uri url, Transport transport)
    {
        var file = Path.GetTempFileName();
        try
        {
            var load = Scenario.Defaults("storm") with { Chats = 10, Turns = 3, Subscribers = 2, Transport = transport, TurnTimeout = TimeSpan.FromSeconds(60) };
            var code = await ScaleTestRun.RunAsync(new ScaleTestOptions(load, new BedOptions { Urls = [url] }, [], file, null), TimeProvider.System);
            var report = JsonSerializer.Deserialize<ScaleReport>(await File.ReadAllTextAsync(file), ScaleReport.Json)!;
            Assert.Empty(report.Violations);
            Assert.Equal((ScaleTestRun.Clean, 30), (code, report.Turns.Completed));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Reads a stream until so many heartbeats have come.</summary>
    private static async Task<string> ReadAsync(HttpClient http, Uri balancer, string chat, int heartbeats, CancellationToken cancellationToken)
    {
        using var stream = await http.GetStreamAsync(new Uri(balancer, $"api/v1/chats/{chat}/stream"), cancellationToken);
        using var reader = new StreamReader(stream);
        var read = new StringBuilder();
        while (heartbeats > 0 && await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            read.Append(line).Append('\n');
            heartbeats -= line == ": heartbeat" ? 1 : 0;
        }

        return read.ToString();
    }
}
