using System.Buffers;
using DurableChat.Recorder.Calls;
using DurableChat.Recorder.Ledgers;
using DurableChat.Recorder.Options;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DurableChat.Recorder.Wire;

/// <summary>
/// Answers requests of servers. A reader gets everything from the first byte on, however much has already arrived, and
/// then each new piece at once.
/// </summary>
internal sealed class ExchangeEndpoint(Exchanges exchanges, RecorderOptions options)
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>Sends a request to its provider, or replays the recorded response.</summary>
    public async Task PostAsync(HttpContext context)
    {
        if (ClaimReader.Read(context.Request.Headers) is not { } claim || Target(context) is not { } target)
        {
            Refuse(context, StatusCodes.Status400BadRequest, RecorderErrors.BadRequest);
            return;
        }

        if (!options.Hosts.Allows(target))
        {
            Refuse(context, StatusCodes.Status403Forbidden, RecorderErrors.HostNotAllowed);
            return;
        }

        if (await ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false) is not { } body)
        {
            Refuse(context, StatusCodes.Status413PayloadTooLarge, RecorderErrors.TooLarge);
            return;
        }

        KeyValuePair<string, string[]>[] headers =
        [
            .. context.Request.Headers.Where(header => ProviderHeaders.IsPassedOn(header.Key))
                .Select(header => KeyValuePair.Create(header.Key, header.Value.OfType<string>().ToArray())),
        ];
        var (verdict, entry) = exchanges.Ask(claim, new ProviderRequest(target, headers, body));
        if (entry is null)
        {
            var isStale = verdict == Verdict.Stale;
            Refuse(
                context,
                isStale ? StatusCodes.Status409Conflict : StatusCodes.Status503ServiceUnavailable,
                isStale ? RecorderErrors.Stale : RecorderErrors.Full);
            return;
        }

        try
        {
            context.Response.Headers[RecorderHeaders.Answer] = verdict == Verdict.Begin ? "live" : "replay";
            await ReplayAsync(context, entry, claim.Fence).ConfigureAwait(false);
        }
        finally
        {
            exchanges.Leave(entry);
        }
    }

    /// <summary>Ends the exchange of a call.</summary>
    public void Delete(HttpContext context)
    {
        if (ClaimReader.Read(context.Request.Headers) is not { } claim)
        {
            Refuse(context, StatusCodes.Status400BadRequest, RecorderErrors.BadRequest);
        }
        else if (!exchanges.Forget(claim))
        {
            Refuse(context, StatusCodes.Status409Conflict, RecorderErrors.Stale);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    /// <summary>Responds on the recorder's own behalf.</summary>
    public static void Refuse(HttpContext context, int status, string error)
    {
        context.Response.Headers.Remove(RecorderHeaders.Answer);
        context.Response.StatusCode = status;
        context.Response.Headers[RecorderHeaders.Error] = error;
    }

    private static Uri? Target(HttpContext context) =>
        Uri.TryCreate(context.Request.Headers[RecorderHeaders.Target], UriKind.Absolute, out var target)
            ? target
            : null;

    private async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream((int)Math.Clamp(request.ContentLength ?? 0, 0, options.MaxRequestBytes));
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (await request.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                if (body.Length + read > options.MaxRequestBytes)
                {
                    return null;
                }

                body.Write(buffer, 0, read);
            }

            return body.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task ReplayAsync(HttpContext context, Entry<Exchange> entry, Fence fence)
    {
        var exchange = entry.Value!;
        var head = await HeadAsync(context, entry, fence).ConfigureAwait(false);
        if (head is null)
        {
            var mayRead = exchanges.MayRead(entry, fence);
            Refuse(
                context,
                mayRead ? StatusCodes.Status502BadGateway : StatusCodes.Status409Conflict,
                mayRead ? RecorderErrors.NoAnswer : RecorderErrors.Stale);
            return;
        }

        context.Response.StatusCode = head.Status;
        foreach (var (name, values) in head.Headers)
        {
            context.Response.Headers[name] = values;
        }

        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        var position = 0L;
        while (true)
        {
            var look = exchange.Recording.LookAt(position);
            if (look.IsBroken || !exchanges.MayRead(entry, fence))
            {
                // A normal end would make a partial answer look complete.
                context.Abort();
                return;
            }

            if (look.IsEnd)
            {
                return;
            }

            if (look.Available > 0)
            {
                position += await CopyAsync(look, context).ConfigureAwait(false);
            }
            else
            {
                await look.Changed.WaitAsync(context.RequestAborted).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits for the beginning of the response, as long as the lease is the newest.</summary>
    private async Task<AnswerHead?> HeadAsync(HttpContext context, Entry<Exchange> entry, Fence fence)
    {
        var exchange = entry.Value!;
        while (true)
        {
            var changed = exchange.Recording.LookAt(0).Changed;
            if (!exchanges.MayRead(entry, fence))
            {
                return null;
            }

            if (exchange.Head.IsCompleted)
            {
                return await exchange.Head.ConfigureAwait(false);
            }

            await Task.WhenAny(exchange.Head, changed).WaitAsync(context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the next piece and flushes it.</summary>
    private static async Task<long> CopyAsync(Recordings.Look look, HttpContext context)
    {
        if (look.File is not { } file)
        {
            await context.Response.Body.WriteAsync(look.Memory, context.RequestAborted).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            return look.Memory.Length;
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(PieceBytes, look.Available));
        try
        {
            var wanted = buffer.AsMemory(0, (int)Math.Min(buffer.Length, look.Available));
            var read = await RandomAccess.ReadAsync(
                file.SafeFileHandle, wanted, look.FileOffset, context.RequestAborted)
                .ConfigureAwait(false);
            await context.Response.Body.WriteAsync(wanted[..read], context.RequestAborted).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            return read > 0 ? read : throw new IOException("The spool file is shorter than the recording.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
