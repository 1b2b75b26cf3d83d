using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Cluster.Tests.Postgres;
using DurableChat.Integration.Tests.Http;
using DurableChat.Server;
using DurableChat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DurableChat.Cluster.Tests.Servers;

/// <summary>The server on PostgreSQL, over HTTP.</summary>
public sealed class PostgresServerTests(PostgresFixture postgres)
{
    [Fact]
    public async Task What_was_streamed_before_a_restart_is_there_after_it_and_the_chat_goes_on()
    {
        var database = await postgres.CreateDatabaseAsync();
        var screen = new Screen();
        string chat;
        await using (var server = await StartAsync(new ServeOptions("http://127.0.0.1:0", null, database, null)))
        using (var http = Client(server))
        {
            using var created = await http.PostAsJsonAsync("chats", new { content = "hello" });
            chat = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
            await SseClient.FollowAsync(http, $"chats/{chat}/stream", shown => shown.Status == "waiting" && shown.Ids.Count == 2, screen);
            await server.StopAsync();
        }

        await using var again = await StartAsync(new ServeOptions("http://127.0.0.1:0", null, null, null), $"Store:PostgreSql={database}");
        using var client = Client(again);
        var history = await client.GetFromJsonAsync<JsonElement>($"chats/{chat}/messages");
        Assert.Equal(screen.Texts, history.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("parts")[0].GetProperty("text").GetString()));
        using var sent = await client.PostAsJsonAsync($"chats/{chat}/messages", new { content = "and again" });
        Assert.True(sent.IsSuccessStatusCode);
        await SseClient.FollowAsync(client, $"chats/{chat}/stream", shown => shown.Status == "waiting" && shown.Ids.Count == 4, screen);
        Assert.Equal(0, screen.Resets);
        await again.StopAsync();
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=someone;Password=hidden", "cannot be opened")]
    [InlineData("postgres://someone:hidden@127.0.0.1:1/chats", "cannot be opened")]
    [InlineData("Host=127.0.0.1;Colour=blue;Password=hidden", "connection string")]
    public async Task A_database_that_cannot_be_reached_ends_the_start_with_one_sentence(string store, string expected)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "DurableChat.Server.dll"), "serve", "--urls", "http://127.0.0.1:0", "--store", store])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(2, process.ExitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.StartsWith("durablechat: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.DoesNotContain("hidden", error + await output, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_stores_at_once_are_refused() =>
        Assert.Contains("remove one", Assert.Throws<ConfigurationException>(() => Build(
            new ServeOptions("http://127.0.0.1:0", null, null, null), "Store:PostgreSql=Host=127.0.0.1", "Store:Sqlite=chat.db")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Cluster:Secret", "too short")]
    [InlineData("Cluster:Secret", "a secret that is long enough and has blanks")]
    [InlineData("Cluster:Secret", "übermäßig-langes-und-doch-unbrauchbares-geheimnis")]
    [InlineData("Cluster:Address", "10.0.0.5:9090")]
    [InlineData("Cluster:Address", "replica-5:9090")]
    [InlineData("Cluster:Url", "nonsense")]
    [InlineData("Notifications:Channel", "with blanks")]
    public void A_cluster_setting_that_replicas_could_not_use_is_refused_at_the_start(string name, string value) =>
        Assert.Contains(name, Assert.Throws<ConfigurationException>(() => Build(new ServeOptions("http://127.0.0.1:0", null, "Host=127.0.0.1;Port=1", null), $"{name}={value}")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_sqlite_file_can_be_named_as_the_store()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            foreach (var store in (string[])[Path.Combine(folder.FullName, "plain.db"), $"sqlite:{Path.Combine(folder.FullName, "prefixed.db")}"])
            {
                await using var server = await StartAsync(new ServeOptions("http://127.0.0.1:0", null, store, null));
                await server.StopAsync();
            }

            Assert.True(File.Exists(Path.Combine(folder.FullName, "plain.db")));
            Assert.True(File.Exists(Path.Combine(folder.FullName, "prefixed.db")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static WebApplication Build(ServeOptions options, params string[] settings) =>
        ServerApplication.Build(options, ["Models:0:Name=demo", "Models:0:Provider=demo", "Models:0:DelayMs=0", "Logging:LogLevel:Default=None", .. settings]);

    private static async Task<WebApplication> StartAsync(ServeOptions options, params string[] settings)
    {
        var app = Build(options, settings);
        await app.StartAsync();
        return app;
    }

    private static HttpClient Client(WebApplication app) =>
        new() { BaseAddress = new Uri($"{app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}/api/v1/") };
}
