using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Cluster;
using DurableChat.Feeds;
using DurableChat.Relays;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DurableChat.AspNetCore;

/// <summary>
/// The sending end of relays: sends other replicas the parts of answers that this replica generates. Map it where only
/// replicas have access.
/// </summary>
public static class RelayEndpoint
{
    /// <summary>Maps the endpoint.</summary>
    /// <param name="endpoints">The routes to add it to.</param>
    /// <param name="source">The source of the parts.</param>
    /// <param name="secret">The bearer token that callers must present: the cluster's secret.</param>
    public static IEndpointConventionBuilder MapDurableChatRelay(this IEndpointRouteBuilder endpoints, RelaySource source, string secret)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(secret);
        return Map(endpoints, source, new ClusterKeys(null, [secret], TimeProvider.System));
    }

    /// <summary>The same with secrets that may change.</summary>
    internal static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, RelaySource source,
        ClusterKeys keys) =>
        endpoints.MapGet("/relay/v1/chats/{id}/parts",
            async (HttpContext context, string id, string? generation, string? after_seq) =>
            await (await IsReplicaAsync(context, keys)
                ? SendAsync(context, source, id, generation, after_seq)
                : RefuseAsync(context, StatusCodes.Status401Unauthorized)));

    /// <summary>An unknown secret may be a new one, so the secrets are read again.</summary>
    private static async ValueTask<bool> IsReplicaAsync(HttpContext context, ClusterKeys keys)
    {
        var shown = Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString());
        if (Fits(shown, await keys.GetAsync(context.RequestAborted)))
        {
            return true;
        }

        await keys.RefreshAsync(context.RequestAborted);
        return Fits(shown, await keys.GetAsync(context.RequestAborted));
    }

    /// <summary>Compares in constant time, whichever secret matches.</summary>
    private static bool Fits(byte[] shown, IReadOnlyList<string> secrets)
    {
        var fits = false;
        foreach (var secret in secrets)
        {
            fits |= CryptographicOperations.FixedTimeEquals(shown, Encoding.UTF8.GetBytes($"Bearer {secret}"));
        }

        return fits;
    }

    private static async Task SendAsync(HttpContext context, RelaySource source, string id, string? generation, string? afterSeq)
    {
        if (!ChatId.TryParse(id, out var chat)
            || !long.TryParse(generation ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            || !long.TryParse(afterSeq ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest);
            return;
        }

        context.Response.ContentType = "application/x-ndjson";
        var output = context.Response.BodyWriter;
        await context.Response.StartAsync(context.RequestAborted);
        await output.FlushAsync(context.RequestAborted);
        try
        {
            await foreach (var frame in source.ReadAsync(chat, from, seq, context.RequestAborted))
            {
                if (frame is null)
                {
                    await output.FlushAsync(context.RequestAborted);
                    continue;
                }

                output.Write(JsonSerializer.SerializeToUtf8Bytes(frame, RelayJson.Compact.RelayFrame));
                output.Write("\n"u8);
            }
        }
        catch (OperationCanceledException)
        {
            // The other replica has no subscriber left, or this one stops.
        }
    }

    private static Task RefuseAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static void Write(this System.IO.Pipelines.PipeWriter output, ReadOnlySpan<byte> bytes) => System.Buffers.BuffersExtensions.Write(output, bytes);
}
