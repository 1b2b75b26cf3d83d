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

    /// <summary>Over a connection of its own, and with a turn to its end.</summary>
    private static async Task ServeAsync(ServerProcess server)
    {
        using var http = new HttpClient { BaseAddress = server.Http.BaseAddress, Timeout = TimeSpan.FromMinutes(1) };
        using var created = await http.PostAsJsonAsync("chats", new { content = "hello" });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
    }
}
