using Microsoft.AspNetCore.Http;

namespace DurableChat.ScaleTest.Mock;

/// <summary>Sends one answer.</summary>
/// <param name="context">Where it goes.</param>
/// <param name="format">How it looks.</param>
/// <param name="pacer">When its chunks are due.</param>
/// <param name="statistics">What is counted.</param>
/// <param name="reportsUsage">Called before its cost is sent.</param>
internal sealed class MockExchange(
    HttpContext context, IMockFormat format, MockPacer pacer, MockStatistics statistics, Action reportsUsage)
{
    public async Task RunAsync(MockRequest request, MockAnswer answer)
    {
        if (answer.RefusedWith is { } status)
        {
            statistics.Refused();
            await MockErrors.WriteAsync(context, status);
            return;
        }

        statistics.ToolsCalled(answer.ToolCalls.Count);
        if (request.IsStream ? !await StreamAsync(answer) : !await WriteWholeAsync(answer))
        {
            statistics.Disconnected();
            context.Abort();
            return;
        }

        statistics.Completed();
    }

    private async Task<bool> WriteWholeAsync(MockAnswer answer)
    {
        await pacer.WaitAsync(Math.Max(0, answer.OutputTokens - 1), context.RequestAborted);
        if (answer.BreaksAfter is not null)
        {
            return false;
        }

        reportsUsage();
        await context.Response.WriteAsJsonAsync(format.Whole(), MockServer.Json, context.RequestAborted);
        statistics.ChunksSent(answer.OutputTokens);
        return true;
    }

    private async Task<bool> StreamAsync(MockAnswer answer)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        var output = context.Response.BodyWriter;
        await context.Response.StartAsync(context.RequestAborted);
        format.WriteBegin(output);
        for (var i = 0; i < answer.OutputTokens; i++)
        {
            var due = pacer.WaitAsync(i, context.RequestAborted);
            if (!due.IsCompleted)
            {
                // What is late goes out together; a flush comes before each wait.
                await output.FlushAsync(context.RequestAborted);
            }

            await due;
            if (i == answer.BreaksAfter)
            {
                await output.FlushAsync(context.RequestAborted);
                return false;
            }

            Write(answer, i);
            statistics.ChunksSent(1);
            if (output.UnflushedBytes > 16_384)
            {
                await output.FlushAsync(context.RequestAborted);
            }
        }

        reportsUsage();
        format.WriteEnd(output);
        await output.FlushAsync(context.RequestAborted);
        return true;
    }

    private void Write(MockAnswer answer, int index)
    {
        var output = context.Response.BodyWriter;
        if (index < answer.Reasoning.Count)
        {
            format.WriteReasoning(output, answer.Reasoning[index].Span);
        }
        else if (index - answer.Reasoning.Count is var text && text < answer.Text.Count)
        {
            format.WriteText(output, answer.Text[text].Span);
        }
        else
        {
            var call = text - answer.Text.Count;
            format.WriteToolCall(output, call, answer.ToolCalls[call]);
        }
    }
}
