using System.Net;

namespace DurableChat.Recorder.Options;

/// <summary>An address of a recorder: <c>unix:/path/to/socket</c>, or an http URL. Immutable.</summary>
/// <param name="SocketPath">The path of the Unix socket; null for the network.</param>
/// <param name="Url">The network address. For a socket, a placeholder.</param>
internal sealed record ListenOn(string? SocketPath, Uri Url)
{
    /// <summary>The maximum length of a Unix socket's path that all systems support.</summary>
    public const int MaxSocketPath = 103;

    private const string UnixPrefix = "unix:";

    /// <summary>Parses an address.</summary>
    /// <exception cref="FormatException">The address is invalid. The message says which form is expected.</exception>
    public static ListenOn Parse(string text)
    {
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            var path = text[UnixPrefix.Length..];
            return path.Length is > 0 and <= MaxSocketPath && Path.IsPathRooted(path)
                ? new ListenOn(path, new Uri("http://recorder"))
                : throw new FormatException(
                    $"'{text}' must be 'unix:' and an absolute path of at most {MaxSocketPath} characters.");
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
            && url.AbsolutePath == "/"
            ? new ListenOn(null, url)
            : throw new FormatException(
                $"'{text}' is neither 'unix:/path' nor an address such as http://127.0.0.1:9191.");
    }

    /// <summary>The network address for a server that listens on it.</summary>
    /// <exception cref="FormatException">The host is a name other than localhost, or the scheme is https.</exception>
    public IPEndPoint EndPoint() =>
        Url.Scheme != "http"
            ? throw new FormatException("The recorder speaks http: put a proxy that ends TLS in front of it.")
        : Url.Host == "localhost" ? new IPEndPoint(IPAddress.Loopback, Url.Port)
        : IPAddress.TryParse(Url.Host.Trim('[', ']'), out var address) ? new IPEndPoint(address, Url.Port)
        : throw new FormatException($"'{Url.Host}' must be a numeric address, e.g. http://127.0.0.1:9191.");

    /// <inheritdoc/>
    public override string ToString() =>
        SocketPath is { } path ? UnixPrefix + path : Url.GetLeftPart(UriPartial.Authority);
}
