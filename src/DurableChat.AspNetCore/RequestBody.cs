using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore;

/// <summary>A request body, read as a whole and understood; or the problem with it.</summary>
internal sealed record RequestBody<T>(T? Value, string Fingerprint, IResult? Problem)
    where T : class;

/// <summary>Reads request bodies.</summary>
internal static class RequestBody
{
    /// <summary>How much memory is taken for a body before it has come.</summary>
    private const int MaxBytesAhead = 64 * 1024;

    /// <summary>Reads a JSON body. Its fingerprint stands for the whole request: method, path and bytes.</summary>
    public static async Task<RequestBody<T>> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, int maxBytes)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
        {
            return new RequestBody<T>(null, string.Empty, Problems.NotJson());
        }

        ReadOnlyMemory<byte> bytes;
        try
        {
            if (await ReadBytesAsync(context, maxBytes) is not { } whole)
            {
                return new RequestBody<T>(null, string.Empty, Problems.BodyTooLarge(maxBytes));
            }

            bytes = whole;
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // The host has a limit of its own, which a body of unknown length may meet first.
            return new RequestBody<T>(null, string.Empty, Problems.BodyTooLarge(maxBytes));
        }
        catch (BadHttpRequestException exception)
        {
            // The host throws this for a client's mistake, e.g. a broken chunk, and would answer with an error of the server's.
            return new RequestBody<T>(null, string.Empty, Problems.BodyUnreadable(exception.StatusCode));
        }

        if (!Utf8.IsValid(bytes.Span))
        {
            // The reader lets bad bytes pass in what stays JSON, and whoever decodes it later fails.
            return new RequestBody<T>(null, string.Empty, Problems.InvalidJson(null, "The request body is not valid UTF-8."));
        }

        if (HasHalfCharacters(bytes.Span))
        {
            return new RequestBody<T>(null, string.Empty, Problems.InvalidJson(null, "The request body has an escaped half of a surrogate pair, which is no character."));
        }

        try
        {
            var value = JsonSerializer.Deserialize(bytes.Span, type);
            return value is null
                ? new RequestBody<T>(null, string.Empty, Problems.InvalidJson(null, "The request body is null."))
                : new RequestBody<T>(value, Fingerprint(context.Request, bytes.Span), null);
        }
        catch (JsonException exception)
        {
            return new RequestBody<T>(null, string.Empty, Problems.InvalidJson(FieldOf(exception), Describe(exception)));
        }
    }

    /// <summary>The fingerprint of a request without a body.</summary>
    public static string Fingerprint(HttpRequest request) => Fingerprint(request, []);

    private static async Task<ReadOnlyMemory<byte>?> ReadBytesAsync(HttpContext context, int maxBytes)
    {
        if (context.Request.ContentLength > maxBytes)
        {
            return null;
        }

        // A length that is only announced takes no memory.
        var buffer = new MemoryStream((int)Math.Min(context.Request.ContentLength ?? 1024, MaxBytesAhead));
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            foreach (var segment in read.Buffer)
            {
                buffer.Write(segment.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (buffer.Length > maxBytes)
            {
                return null;
            }

            if (read.IsCompleted)
            {
                return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
            }
        }
    }

    /// <summary>What stays JSON, such as a tool's result, is not decoded when a body is read: half a character in it would fail whoever decodes it later.</summary>
    private static bool HasHalfCharacters(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\u"u8) < 0)
        {
            return false;
        }

        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    reader.GetString();
                }
            }

            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
        catch (JsonException)
        {
            // Told better by whoever reads the body for good.
            return false;
        }
    }

    private static string Fingerprint(HttpRequest request, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.PathBase}{request.Path}\n"));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string? FieldOf(JsonException exception) => exception.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;

    /// <summary>The library's own message names our types, so the place is told in words of our own.</summary>
    private static string Describe(JsonException exception) =>
        exception.Message.Contains("could not be mapped", StringComparison.Ordinal) ? "The request body has a field that this endpoint does not know."
        : FieldOf(exception) is { } field ? $"The field '{field}' does not have the right form."
        : exception.LineNumber is { } line ? $"The request body is not valid JSON (line {line + 1}, byte {exception.BytePositionInLine})."
        : "The request body is not valid JSON of the right form.";
}
