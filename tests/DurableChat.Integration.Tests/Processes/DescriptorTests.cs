using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Xunit;

namespace DurableChat.Integration.Tests.Processes;

/// <summary>A process that may have few files open, and clients that open more connections than that.</summary>
public sealed class DescriptorTests
{
    private const int Files = 1024;
    private const int Silent = 3000;
    private const int Burst = 6000;
    private const int AtOnce = 500;

    /// <summary>Of the files, 256 are for clients and 256 for turns; the rest is the process's.</summary>
    private const int MostFiles = 768;

    [Fact]
    public async Task Thousands_of_silent_connections_take_neither_the_files_nor_the_places_of_others()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit is set with a shell's ulimit.");
        using var folder = new TemporaryFolder();
        using var server = await ServerProcess.StartLimitedAsync(folder.File("chat.db"), Files);
        var url = server.Http.BaseAddress!;
        var silent = new List<TcpClient>();
        try
        {
            for (var i = 0; i < Silent; i++)
            {
                var client = new TcpClient();
                silent.Add(client);
                await client.ConnectAsync(url.Host, url.Port);
                if (i % 500 == 0)
                {
                    await ServeAsync(server);
                }
            }

            await ServeAsync(server);
        }
        finally
        {
            silent.ForEach(client => client.Dispose());
        }

        await ServeAsync(server);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task A_burst_of_silent_connections_takes_no_more_files_than_there_are_places()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit is set with a shell's ulimit.");
        using var folder = new TemporaryFolder();
        using var server = await ServerProcess.StartLimitedAsync(folder.File("chat.db"), Files);
        await server.CreateAsync("the connection of this request stays open");
        var url = server.Http.BaseAddress!;
        var silent = new List<TcpClient>();
        var most = 0;
        try
        {
            while (silent.Count < Burst)
            {
                var clients = Enumerable.Range(0, AtOnce).Select(_ => new TcpClient()).ToList();
                silent.AddRange(clients);
                var connecting = Task.WhenAll(clients.Select(client => ConnectAsync(client, url)));
                while (!connecting.IsCompleted)
                {
                    await server.CreateAsync("hello");
                    most = Math.Max(most, server.OpenFiles);
                }

                await connecting;
                most = Math.Max(most, server.OpenFiles);
            }
        }
        finally
        {
            silent.ForEach(client => client.Dispose());
        }

        Assert.InRange(most, 1, MostFiles);
        await ServeAsync(server);
        Assert.Equal(0, await server.StopAsync());
    }

    /// <summary>What fails to load for want of files may fail for the life of the process.</summary>
    [Fact]
    public async Task What_requests_and_refusals_need_is_loaded_before_the_first_request()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process has loaded is read in /proc.");
        using var folder = new TemporaryFolder();
        using var server = await ServerProcess.StartAsync(folder.File("chat.db"));
        var before = server.Assemblies;
        Assert.NotEmpty(before);
        var chat = await server.CreateAsync("hello");
        await server.FollowAsync(chat, screen => screen.Status == "waiting");
        await GetAsync(server, "chats", HttpStatusCode.OK);
        await GetAsync(server, "nothing", HttpStatusCode.NotFound);
        await GetAsync(server, $"chats?limit={new string('1', 40_000)}", HttpStatusCode.RequestUriTooLong);
        using var malformed = new StringContent("{", null, "application/json");
        using var refused = await server.Http.PostAsync(new Uri("chats", UriKind.Relative), malformed);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Empty(server.Assemblies.Except(before));
    }

    private static async Task GetAsync(ServerProcess server, string path, HttpStatusCode status)
    {
        using var response = await server.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(status, response.StatusCode);
    }

    /// <summary>The server may close a connection before the client has noticed that it is open.</summary>
    private static async Task ConnectAsync(TcpClient client, Uri url)
    {
        try
        {
            await client.ConnectAsync(url.Host, url.Port);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
        }
    }

    /// <summary>Over a connection of its own, and with a turn to its end.</summary>
    private static async Task ServeAsync(ServerProcess server)
    {
        using var http = new HttpClient { BaseAddress = server.Http.BaseAddress, Timeout = TimeSpan.FromMinutes(1) };
        using var created = await http.PostAsJsonAsync("chats", new { content = "hello" });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
    }
}
