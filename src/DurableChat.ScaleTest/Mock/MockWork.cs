using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace DurableChat.ScaleTest.Mock;

/// <summary>How long the tool of the mock model works.</summary>
internal static class MockWork
{
    private const int Steps = 40;
    private const int StepMs = 100;

    /// <summary>Runs it for a server, which sends the key and the question.</summary>
    public static async Task RunAsync(HttpContext context, WorkJournal journal, int caller, TimeProvider time)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        var key = MockRequest.Text(body.RootElement, "key") ?? "";
        var entry = journal.Begin(WorkKind.Tool, key, MockRequest.Text(body.RootElement, "question") ?? "", caller);
        try
        {
            await Task.Delay(Duration(key), time, context.RequestAborted);
            entry.End(WorkOutcome.Completed);
            await context.Response.WriteAsync("done", context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The server has gone, or has no use for the result.
        }
        finally
        {
            entry.End(WorkOutcome.Cancelled);
        }
    }

    /// <summary>
    /// Up to four seconds, the same for the same call: long enough to be stopped, edited away, frozen or killed in the
    /// middle.
    /// </summary>
    public static TimeSpan Duration(string key) =>
        TimeSpan.FromMilliseconds(StepMs * (int)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(key)) % Steps));
}
