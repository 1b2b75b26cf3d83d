using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DurableChat.Lab.Hostile;

/// <summary>
/// A model of OpenAI's Chat Completions that calls a tool, and then says something for as long as it is listened to.
/// Thread-safe.
/// </summary>
internal sealed class EndlessModel : IAsyncDisposable
{
    /// <summary>Where it gives up.</summary>
    public const long MostBytes = 512L << 20;

    private static readonly byte[] _call = Event(
        """{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"current_time","arguments":"{}"}}]},"finish_reason":null}""");

    private static readonly byte[] _text = Event(
        $$"""{"index":0,"delta":{"content":"{{new string('x', 4096)}}"},"finish_reason":null}""");
    private readonly WebApplication _app;
    private long _sent;
    private int _answers;

    private EndlessModel(WebApplication app) => _app = app;

    public Uri Url =>
        new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public long SentBytes => Interlocked.Read(ref _sent);

    public int Answers => Volatile.Read(ref _answers);

    public static async Task<EndlessModel> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var model = new EndlessModel(builder.Build());
        model._app.Urls.Add("http://127.0.0.1:0");
        model._app.MapPost("/v1/chat/completions", model.AnswerAsync);
        await model._app.StartAsync();
        return model;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private static byte[] Event(string choice) =>
        Encoding.UTF8.GetBytes(
            $$"""data: {"id":"c","object":"chat.completion.chunk","created":0,"model":"endless","choices":[{{choice}}]}"""
                + "\n\n");

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _answers);
        context.Response.ContentType = "text/event-stream";
        try
        {
            await context.Response.Body.WriteAsync(_call, context.RequestAborted);

            // What is written to a connection that was cut is dropped without a word.
            for (var sent = 0L; sent < MostBytes
                && !context.RequestAborted.IsCancellationRequested; sent += _text.Length)
            {
                await context.Response.Body.WriteAsync(_text, context.RequestAborted);
                Interlocked.Add(ref _sent, _text.Length);
            }
        }
        catch (OperationCanceledException)
        {
            // The server has had enough.
        }
    }
}
