using DurableChat.AspNetCore;
using DurableChat.Notifications;
using DurableChat.Storage;

namespace DurableChat.Server;

/// <summary>
/// Says whether the server can take requests: the database answers, and it is not shutting down. A notification channel that is down is told and does not matter: the server goes on by comparing
/// versions.
/// </summary>
internal static class Readiness
{
    public static async Task<IResult> CheckAsync(StoreProbe store, ChannelState channel, ServerDrain drain, CancellationToken cancellationToken)
    {
        if (drain.HasBegun)
        {
            return Results.Text("stopping", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        try
        {
            await store.AskAsync(cancellationToken);
            return Results.Text(channel is { HasChannel: true, IsUp: false } ? "ready; the notification channel is down, changes of other replicas are found by comparing versions" : "ready");
        }
        catch (ChatStoreException)
        {
            return Results.Text("the database does not answer", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
