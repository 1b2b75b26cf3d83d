using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace DurableChat.Integration.Tests.Recorders;

/// <summary>A request that a provider has got, and is answering.</summary>
internal sealed class ProviderCall
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);
    private readonly HttpContext _context;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ProviderCall(HttpContext context, string body)
    {
        (_context, Body) = (context, body);
        Headers = context.Request.Headers.ToDictionary(
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        context.RequestAborted.Register(() =>
        {
            _aborted.TrySetResult();
            _ended.TrySetResult();
        });
        context.Response.ContentType = "text/event-stream";
    }

    public string Body { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Completes when the test ends the answer, or the caller goes.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Waits until the caller has gone.</summary>
    public Task AbortedAsync() => _aborted.Task.WaitAsync(_patience);

    public bool IsAborted => _aborted.Task.IsCompleted;

    public async Task WriteAsync(string text)
    {
        await _context.Response.WriteAsync(text);
        await _context.Response.Body.FlushAsync();
    }

    /// <summary>Writes a piece of an answer in the form of Chat Completions.</summary>
    public Task SayAsync(string text) =>
        WriteAsync(
            $"data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":{JsonSerializer.Serialize(text)}}}}}]}}\n\n");

    /// <summary>Ends an answer in the form of Chat Completions.</summary>
    public async Task FinishAsync()
    {
        await WriteAsync(
            """data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\ndata: [DONE]\n\n");
        End();
    }

    public void Answer(int status, params (string Name, string Value)[] headers)
    {
        _context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            _context.Response.Headers[name] = value;
        }
    }

    public void End() => _ended.TrySetResult();

    /// <summary>Breaks the connection.</summary>
    public void Break()
    {
        _context.Abort();
        _ended.TrySetResult();
    }
}
