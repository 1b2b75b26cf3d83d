using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Server;

/// <summary>Says whether the server can take requests: the database answers, and it is not shutting down.</summary>
internal static class Readiness
{
    public static async Task<IResult> CheckAsync(IChatStore store, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Results.Text("stopping", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        try
        {
            await store.LoadAsync(default(ChatId), cancellationToken);
            return Results.Text("ready");
        }
        catch (ChatStoreException)
        {
            return Results.Text("the database does not answer", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
