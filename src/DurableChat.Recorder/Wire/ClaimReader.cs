using System.Globalization;
using DurableChat.Recorder.Ledgers;
using Microsoft.AspNetCore.Http;

namespace DurableChat.Recorder.Wire;

/// <summary>Reads the identity of a request from its headers. Pure.</summary>
internal static class ClaimReader
{
    private const int MaxChatLength = 200;

    /// <summary>Reads the claim; null if a header is missing or invalid.</summary>
    public static Claim? Read(IHeaderDictionary headers)
    {
        var chat = headers[RecorderHeaders.Chat].ToString();
        return chat.Length is > 0 and <= MaxChatLength
            && Number(headers, RecorderHeaders.Epoch) is { } epoch
            && Number(headers, RecorderHeaders.Head) is { } head
            && Number(headers, RecorderHeaders.Generation) is { } generation
            && Number(headers, RecorderHeaders.Token) is { } token
            && Number(headers, RecorderHeaders.After) is { } after
                ? new Claim(chat, new Position(epoch, head), generation, token) { After = after }
                : null;
    }

    private static long? Number(IHeaderDictionary headers, string name) =>
        long.TryParse(headers[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
