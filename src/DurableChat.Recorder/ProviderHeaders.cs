namespace DurableChat.Recorder;

/// <summary>Which headers are passed on, and which belong to one connection only. Pure.</summary>
internal static class ProviderHeaders
{
    /// <summary>Headers of the recorder itself begin so.</summary>
    public const string OwnPrefix = "Recorder-";

    // Source: RFC 9110, section 7.6.1; and what the receiver has to say anew about the form of the body.
    private static readonly HashSet<string> _ofConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "Content-Length", "Host", "Expect", "Alt-Svc",
    };

    /// <summary>True if a header is meant for the other side, not for the connection or the recorder.</summary>
    public static bool IsPassedOn(string name) =>
        !_ofConnection.Contains(name) && !name.StartsWith(OwnPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The headers of an answer that are passed on.</summary>
    public static IReadOnlyList<KeyValuePair<string, string[]>> Of(HttpResponseMessage response) =>
    [
        .. response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Where(header => IsPassedOn(header.Key) && header.Value.All(IsPlain))
            .Select(header => KeyValuePair.Create(header.Key, header.Value.ToArray())),
    ];

    /// <summary>Other values cannot be sent on, and nobody reads them.</summary>
    private static bool IsPlain(string value) => value.All(character => character is (>= ' ' and <= '~') or '\t');
}
