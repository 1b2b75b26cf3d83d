using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Integration.Tests.Http;
using Xunit;

namespace DurableChat.Integration.Tests.Limits;

/// <summary>Memory that is full, as the API tells it.</summary>
public sealed class OwnerMemoryTests
{
    [Fact]
    public async Task An_owner_whose_turns_fill_the_memory_is_told_to_come_back_and_can_stop_them()
    {
        // Whatever is in use is too much.
        await using var server = await TestServer.StartAsync(null, "DurableChat:Feeds:TotalBytes=1");
        var chat = await server.CreateAsync(model: "stuck");
        using var refused = await CreateUntilRefusedAsync(server);
        await ExpectAsync(refused);
        using var stream = await server.Http.GetAsync(new Uri($"chats/{chat}/stream", UriKind.Relative));
        await ExpectAsync(stream);
        using var stopped = await server.Http.PostAsync(new Uri($"chats/{chat}/interrupt", UriKind.Relative), null);
        Assert.True(stopped.IsSuccessStatusCode);
    }

    /// <summary>A turn holds its memory from its start on, which may come after the answer to the request.</summary>
    private static async Task<HttpResponseMessage> CreateUntilRefusedAsync(TestServer server)
    {
        for (var chat = 0; chat < 100; chat++)
        {
            var response = await server.Http.PostAsJsonAsync("chats", new { content = "hello", model = "stuck" });
            if (!response.IsSuccessStatusCode)
            {
                return response;
            }

            response.Dispose();
        }

        throw new InvalidOperationException("Nothing was refused.");
    }

    private static async Task ExpectAsync(HttpResponseMessage response)
    {
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.TooManyRequests, "owner_memory_full"), (response.StatusCode, problem.GetProperty("code").GetString()));
        Assert.True(problem.GetProperty("retryable").GetBoolean());
        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter!.Delta);
    }
}
