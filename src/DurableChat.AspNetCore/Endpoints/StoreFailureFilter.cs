using DurableChat.AspNetCore.Wire;
using DurableChat.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DurableChat.AspNetCore.Endpoints;

/// <summary>Turns a failing database into a clear response. The cause is only logged.</summary>
internal sealed partial class StoreFailureFilter(WriteHealth writes, ILogger<StoreFailureFilter> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception exception) when (exception is ChatStoreException or TimeoutException && !context.HttpContext.Response.HasStarted)
        {
            LogStorageUnavailable(exception);
            if (!HttpMethods.IsGet(context.HttpContext.Request.Method) && exception is not ChatDataException)
            {
                writes.CommandFailed(exception);
            }

            context.HttpContext.Response.Headers.RetryAfter = "1";
            return Problems.StorageUnavailable();
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A request failed because the database is not available")]
    private partial void LogStorageUnavailable(Exception exception);
}
