using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Integration.Tests.Http;
using Xunit;

namespace DurableChat.Integration.Tests.Limits;

/// <summary>How many chats an owner may have, as the API tells it.</summary>
public sealed class ChatCountTests
{
    [Fact]
    public async Task An_owner_with_too_many_chats_is_told_how_to_make_room()
    {
        await using var server = await TestServer.StartAsync(null, "DurableChat:Limits:MaxChatsPerOwner=2");
        await server.CreateAsync();
        var (first, _, second) = await CreateAsync(server, "key one");
        Assert.Equal(HttpStatusCode.Created, first);
        var (status, code, _) = await CreateAsync(server, "key two");
        Assert.Equal((HttpStatusCode.Conflict, "too_many_chats"), (status, code));

        // A repetition is told what was done, whether or not there is room.
        var repeated = await CreateAsync(server, "key one");
        Assert.Equal((HttpStatusCode.Created, second), (repeated.Status, repeated.Id));
        using var deleted = await server.Http.DeleteAsync(new Uri($"chats/{second}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await CreateAsync(server, "key two")).Status);
    }

    private static async Task<(HttpStatusCode Status, string? Code, string? Id)> CreateAsync(TestServer server, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "chats") { Content = JsonContent.Create(new { content = "hello" }) };
        request.Headers.Add("Idempotency-Key", key.Replace(' ', '-'));
        using var response = await server.Http.SendAsync(request);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (response.StatusCode, Text("code"), Text("id"));

        string? Text(string name) => body.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
