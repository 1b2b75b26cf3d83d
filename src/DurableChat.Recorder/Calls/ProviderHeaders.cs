namespace DurableChat.Recorder.Calls;

/// <summary>Decides which headers are passed on and which belong to one connection only. Pure.</summary>
internal static class ProviderHeaders
{
    /// <summary>The prefix of the recorder's own headers.</summary>
    public const string OwnPrefix = "Recorder-";

    // Source: RFC 9110, section 7.6.1. Also the headers that the recipient sets itself for the form of the body.
    private static readonly HashSet<string> _ofConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "Content-Length", "Host", "Expect", "Alt-Svc",
    };

    /// <summary>True if a header is for the other side, and not for the connection or the recorder.</summary>
    public static bool IsPassedOn(string name) =>
        !_ofConnection.Contains(name) && !name.StartsWith(OwnPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The headers of a response that are passed on.</summary>
    public static IReadOnlyList<KeyValuePair<string, string[]>> Of(HttpResponseMessage response) =>
    [
        .. response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Where(header => IsPassedOn(header.Key) && header.Value.All(IsPlain))
            .Select(header => KeyValuePair.Create(header.Key, header.Value.ToArray())),
    ];

    /// <summary>Other characters cannot be sent on, and no reader needs them.</summary>
    private static bool IsPlain(string value) => value.All(character => character is (>= ' ' and <= '~') or '\t');
}
