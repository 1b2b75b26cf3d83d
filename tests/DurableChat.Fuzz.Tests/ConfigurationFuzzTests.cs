using DurableChat.Integration.Tests;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>
/// Settings of the configuration and the command line. What is wrong is said in a sentence; an exception of another
/// kind would be a stack trace at start.
/// </summary>
public sealed class ConfigurationFuzzTests
{
    private static readonly (string Name, string Value)[] _settings =
    [
        ("urls", "http://127.0.0.1:0"), ("Auth:Tokens:0:Owner", "o"), ("Auth:Tokens:0:Sha256", new string('a', 64)), ("Auth:Tokens:0:Operator", "true"), ("Models:0:Name", "demo"), ("Models:0:Provider", "demo"),
        ("Models:0:DelayMs", "5"), ("Models:0:Endpoint", "http://localhost:1/v1"), ("Models:0:MaxOutputTokens", "10"), ("DurableChat:Feeds:WindowMessages", "256"), ("DurableChat:Feeds:TotalBytes", "1000000"),
        ("DurableChat:Feeds:IdleTime", "00:01:00"), ("DurableChat:Worker:LeaseDuration", "00:00:30"), ("DurableChat:Worker:MaxAnswerChars", "1000"), ("DurableChat:Limits:MaxQueue", "20"),
        ("DurableChat:Notifications:SyncInterval", "00:00:04"), ("Http:MaxBodyBytes", "65536"), ("Http:HeartbeatInterval", "00:00:15"), ("Http:MaxStreamsPerOwner", "10"), ("Http:DrainDelay", "00:00:05"), ("DurableChat:Retention:ArchivedAfter", "30.00:00:00"),
        ("Http:StallTimeout", "00:00:30"), ("Http:PingTimeout", "00:05:00"), ("Http:Limits:RequestsPerSecond", "50"), ("Http:Limits:RequestBurst", "200"), ("Http:Limits:MaxConnections", "100"), ("Http:Limits:IdleConnectionTime", "00:02:10"),
        ("Http:Limits:MaxHeaderBytes", "32768"), ("Http:Limits:HeadersTimeout", "00:00:15"), ("Http:Limits:MinBodyBytesPerSecond", "240"), ("Http:Limits:BodyGraceTime", "00:00:05"),
        ("Store:MaxConnections", "10"), ("Store:PostgreSql", "Host=localhost"), ("Cluster:Secret", new string('s', 32)), ("Cluster:Url", "http://127.0.0.1:0"), ("Cluster:Address", "http://a:1"),
        ("Notifications:Redis", "localhost:6379"), ("Logging:Format", "json"),
        ("Auth:Oidc:Authority", "https://issuer.example"), ("Auth:Oidc:Audience", "chat"), ("Auth:Oidc:OwnerPrefix", "oidc:"), ("Auth:Oidc:KeyRefresh", "00:15:00"), ("Http:AllowedOrigins:0", "https://app.example.com"),
        ("Http:TicketLifetime", "00:01:00"),
    ];

    [Fact]
    public async Task A_server_is_put_together_or_says_what_is_wrong()
    {
        using var folder = new TemporaryFolder();
        using var leaks = new Leaks();
        await Fuzz.RunAsync("configuration", 300, 2, async mangler =>
        {
            var settings = Enumerable.Range(0, 1 + mangler.Next(4)).Select(_ => mangler.Pick(_settings)).DistinctBy(setting => setting.Name).Select(setting => $"{setting.Name}={mangler.Mangle(setting.Value)}").ToArray();
            try
            {
                await using var app = ServerApplication.Build(
                    new ServeOptions(mangler.Chance(20) ? mangler.Mangle("http://127.0.0.1:0") : null, folder.File("chat.db"), null, mangler.Chance(20) ? mangler.Next(1_000) : null), settings);
                return "built";
            }
            catch (Exception exception) when (exception is ConfigurationException or ChatStoreException)
            {
                return "refused";
            }
        });
        leaks.AssertNone();
    }
}
