using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using DurableChat.AspNetCore.Identity;
using DurableChat.AspNetCore.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.AspNetCore.Bodies;

/// <summary>
/// A request body, read as a whole and understood; or the problem with it. Dispose it once what was made of it is
/// needed no more: then it is out of the budget of bodies in flight.
/// </summary>
internal sealed record RequestBody<T>(
    T? Value,
    string Fingerprint,
    IResult? Problem,
    BodyClaim? Claim = null) : IDisposable
    where T : class
{
    /// <inheritdoc/>
    public void Dispose() => Claim?.Dispose();
}

/// <summary>Reads request bodies.</summary>
internal static class RequestBody
{
    /// <summary>
    /// About how much memory a value of a body takes, however short it is: an object, its place in a list, a string.
    /// </summary>
    private const int BytesPerValue = 100;

    /// <summary>
    /// Reads a JSON body. Its fingerprint stands for the whole request: method, path and bytes.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="type">What it is to be.</param>
    /// <param name="maxBytes">How large it may be.</param>
    /// <param name="passedOver">A list at the top of whose elements only the last is kept; null for none.</param>
    public static async Task<RequestBody<T>> ReadAsync<T>(
        HttpContext context,
        JsonTypeInfo<T> type,
        int maxBytes,
        string? passedOver = null)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
        {
            return Bad<T>(Problems.NotJson());
        }

        if (context.Request.ContentLength > maxBytes)
        {
            return Bad<T>(new UnreadBody(Problems.BodyTooLarge(maxBytes)));
        }

        var claim = new BodyClaim(context.RequestServices.GetRequiredService<BodyBudget>(), Owner.Of(context));
        var isHeld = false;
        try
        {
            using var bytes = new BodyBuffer((int?)context.Request.ContentLength);
            if (await ReadBytesAsync(context, bytes, claim, maxBytes) is { } problem)
            {
                return Bad<T>(problem);
            }

            var body = bytes.Length <= BodyLane.SmallBytes
                ? Read(context, bytes, type, claim, passedOver)
                : await ReadLargeAsync(context, bytes, type, claim, passedOver);
            isHeld = body.Problem is null;
            return body;
        }
        finally
        {
            if (!isHeld)
            {
                claim.Dispose();
            }
        }
    }

    /// <summary>Reads a member that was kept as JSON; gives what is wrong with it, if something is.</summary>
    public static IResult? Read<T>(JsonElement? json, string field, JsonTypeInfo<T> type, out T? value)
        where T : class
    {
        value = null;
        try
        {
            value = json is { ValueKind: not JsonValueKind.Null } given ? given.Deserialize(type) : null;
            return null;
        }
        catch (JsonException exception)
        {
            // A place is one in the member, which says nothing of the body.
            return FieldOf(exception) is { } member
                ? Problems.InvalidJson($"{field}.{member}", Describe(exception))
                : Problems.InvalidJson(field, $"The field '{field}' does not have the right form.");
        }
    }

    /// <summary>The fingerprint of a request without a body.</summary>
    public static string Fingerprint(HttpRequest request) => Fingerprint(request, []);

    private static RequestBody<T> Bad<T>(IResult problem)
        where T : class => new(null, string.Empty, problem);

    /// <summary>Reads the bytes; gives the problem, if there is one.</summary>
    private static async Task<IResult?> ReadBytesAsync(
        HttpContext context,
        BodyBuffer buffer,
        BodyClaim claim,
        int maxBytes)
    {
        // What is announced is taken at once, so that it is refused before any of it is in memory, and not in the
        // middle.
        var announced = context.Request.ContentLength;
        if (announced is { } length && claim.TryGrow(length) is { } full)
        {
            return new UnreadBody(Problems.BodiesInFlight(full));
        }

        try
        {
            var reader = context.Request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync(context.RequestAborted);
                if (buffer.Length + read.Buffer.Length > maxBytes)
                {
                    reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    return new UnreadBody(Problems.BodyTooLarge(maxBytes));
                }

                if (announced is null && claim.TryGrow(read.Buffer.Length) is { } refusal)
                {
                    reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    return new UnreadBody(Problems.BodiesInFlight(refusal));
                }

                await TakeAsync(context, reader, read, buffer);
                if (read.IsCompleted)
                {
                    return null;
                }
            }
        }
        catch (BadHttpRequestException exception)
        {
            return exception.StatusCode switch
            {
                // The host has a limit of its own, which a body of unknown length may meet first.
                StatusCodes.Status413PayloadTooLarge => Problems.BodyTooLarge(maxBytes),
                StatusCodes.Status429TooManyRequests => Problems.TooManyRequests(),

                // The host throws this for a client's mistake, e.g. a broken chunk, and would answer with an error of
                // the server's.
                _ => Problems.BodyUnreadable(exception.StatusCode),
            };
        }
    }

    /// <summary>
    /// Copies what has come. What makes a body large waits for its turn, so that many large bodies at once do not fill
    /// the line in which small requests wait for a thread. The connection's own buffer bounds what has come meanwhile.
    /// </summary>
    private static async ValueTask TakeAsync(HttpContext context, PipeReader reader, ReadResult read, BodyBuffer buffer)
    {
        if (buffer.Length + read.Buffer.Length <= BodyLane.SmallBytes)
        {
            Take();
            return;
        }

        var lane = context.RequestServices.GetRequiredService<BodyLanes>().Arriving;
        await lane.EnterAsync(Owner.Of(context), context.RequestAborted);
        try
        {
            Take();
        }
        finally
        {
            lane.Leave();
        }

        void Take()
        {
            buffer.Write(read.Buffer);
            reader.AdvanceTo(read.Buffer.End);
        }
    }

    /// <summary>
    /// All of it has come, so a slow client keeps no place in the lane. A thread of its own parses it: those of the
    /// pool, as many as there are processors, stay for small requests.
    /// </summary>
    private static async Task<RequestBody<T>> ReadLargeAsync<T>(
        HttpContext context,
        BodyBuffer buffer,
        JsonTypeInfo<T> type,
        BodyClaim claim,
        string? passedOver)
        where T : class
    {
        var lanes = context.RequestServices.GetRequiredService<BodyLanes>();
        var lane = lanes.Parsing;
        await lane.EnterAsync(Owner.Of(context), context.RequestAborted);
        try
        {
            return await Task.Factory.StartNew(
                () => Read(context, buffer, type, claim, passedOver),
                CancellationToken.None,
                TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
                lanes.Parsers);
        }
        finally
        {
            lane.Leave();
        }
    }

    private static RequestBody<T> Read<T>(
        HttpContext context,
        BodyBuffer buffer,
        JsonTypeInfo<T> type,
        BodyClaim claim,
        string? passedOver)
        where T : class
    {
        var bytes = buffer.Join();
        if (!Utf8.IsValid(bytes))
        {
            // The reader lets bad bytes pass in what stays JSON, and a later decoder fails.
            return Bad<T>(Problems.InvalidJson(null, "The request body is not valid UTF-8."));
        }

        var most = context.RequestServices.GetRequiredService<DurableChatHttpOptions>().MaxBodyValues;
        var shape = JsonShape.Of(
            bytes, type.Options.MaxDepth, most, passedOver is null ? default : Encoding.UTF8.GetBytes(passedOver));
        if (shape.HasHalfCharacters)
        {
            return Bad<T>(Problems.InvalidJson(
                null, "The request body has an escaped half of a surrogate pair, which is no character."));
        }

        if (shape.Values > most)
        {
            return Bad<T>(Problems.TooManyValues(most));
        }

        if (claim.TryGrow((long)shape.Values * BytesPerValue) is { } full)
        {
            return Bad<T>(Problems.BodiesInFlight(full));
        }

        try
        {
            var value = JsonSerializer.Deserialize(bytes, type);
            return value is null
                ? Bad<T>(Problems.InvalidJson(null, "The request body is null."))
                : new RequestBody<T>(value, Fingerprint(context.Request, bytes), null, claim);
        }
        catch (NotSupportedException)
        {
            // The library's word for an object of several kinds that does not say of which it is.
            return Bad<T>(Problems.InvalidJson(null, "The request body has a part without a 'type'."));
        }
        catch (JsonException exception)
        {
            return Bad<T>(Problems.InvalidJson(FieldOf(exception), Describe(exception)));
        }
    }

    private static string Fingerprint(HttpRequest request, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.PathBase}{request.Path}\n"));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string? FieldOf(JsonException exception) =>
        exception.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;

    /// <summary>The library's own message names our types, so the text here names the place.</summary>
    private static string Describe(JsonException exception) =>
        exception.Message.Contains(
            "could not be mapped",
            StringComparison.Ordinal) ? "The request body has a field that this endpoint does not know."
        : FieldOf(exception) is { } field ? $"The field '{field}' does not have the right form."
        : exception.LineNumber is { } line
            ? $"The request body is not valid JSON (line {line + 1}, byte {exception.BytePositionInLine})."
        : "The request body is not valid JSON of the right form.";
}
