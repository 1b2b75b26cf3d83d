using DurableChat.AspNetCore.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.AspNetCore.Bodies;

/// <summary>
/// The answer to a request whose body is not wanted. The client gets it at once. What it still sends is dropped in the
/// lane of large bodies: the web server would otherwise read all of it as fast as it comes.
/// </summary>
/// <param name="problem">Why the body is not wanted.</param>
internal sealed class UnreadBody(IResult problem) : IResult
{
    /// <summary>As long as the web server itself waits for the rest of a body.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await problem.ExecuteAsync(httpContext);

        // A client that waits for leave to send its body sends none after this answer.
        if (httpContext.Request.ContentLength is null or <= BodyLane.SmallBytes
            || httpContext.Request.Headers.Expect.Count > 0)
        {
            return;
        }

        await httpContext.Response.CompleteAsync();
        using var time = new CancellationTokenSource(
            _patience, httpContext.RequestServices.GetRequiredService<TimeProvider>());
        using var until = CancellationTokenSource.CreateLinkedTokenSource(time.Token, httpContext.RequestAborted);
        try
        {
            await DropAsync(httpContext, until.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The web server closes a connection whose body has not come.
        }
    }

    private static async Task DropAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var lane = context.RequestServices.GetRequiredService<BodyLanes>().Arriving;
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            await lane.EnterAsync(Owner.Of(context), cancellationToken);
            reader.AdvanceTo(read.Buffer.End);
            lane.Leave();
            if (read.IsCompleted)
            {
                return;
            }
        }
    }
}
