using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.AspNetCore.Streaming;
using DurableChat.Feeds;
using DurableChat.Integration.Tests.Embedding;
using DurableChat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DurableChat.Integration.Tests.Streaming;

/// <summary>
/// A stream that was opened and is not sent, because a filter of the application answers in its place.
/// </summary>
public sealed class StreamOwnershipTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_that_a_filter_replaces_gives_back_its_place_and_its_subscription(bool fails)
    {
        await using var app = await EmbeddedApp.StartAsync(
            ScriptedModel.Answering(),
            protect: group => group.RequireAuthorization().AddEndpointFilterFactory((_, next) => async context =>
            {
                var result = await next(context);
                return context.HttpContext.Request.Path.Value!.EndsWith("/stream", StringComparison.Ordinal)
                    ? fails ? throw new InvalidOperationException("The filter fails.") : Results.StatusCode(StatusCodes.Status418ImATeapot)
                    : result;
            }));
        using var http = app.Client("alice");
        using var created = await http.PostAsJsonAsync("chats", new { content = "hello" });
        var chat = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        for (var i = 0; i < 3; i++)
        {
            using var response = await http.GetAsync(new Uri($"chats/{chat}/stream", UriKind.Relative));
            Assert.Equal(fails ? HttpStatusCode.InternalServerError : (HttpStatusCode)StatusCodes.Status418ImATeapot, response.StatusCode);
        }

        var streams = app.Services.GetRequiredService<OwnerStreams>();
        var feeds = app.Services.GetRequiredService<FeedInspector>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (streams.Count > 0 || feeds.List(10).Any(feed => feed.Subscribers > 0))
        {
            // The client may have its answer before the server has done with the request.
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
