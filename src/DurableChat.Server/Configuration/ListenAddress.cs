using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace DurableChat.Server.Configuration;

/// <summary>
/// Checks the addresses on which the server listens, and explains why it cannot. The web server reports this with
/// exceptions of many types, in its own terms.
/// </summary>
internal static class ListenAddress
{
    private const int MaxPort = 65_535;

    /// <summary>Refuses an address on which the server cannot listen, as far as its form shows that.</summary>
    /// <param name="setting">The setting that contains the addresses.</param>
    /// <param name="urls">The addresses, separated by semicolons.</param>
    /// <exception cref="ConfigurationException">
    /// An address cannot be used. The message names it and says what can be used.
    /// </exception>
    public static void Check(string setting, string urls)
    {
        var addresses = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (addresses.Length == 0)
        {
            throw new ConfigurationException($"'{setting}' is empty. An example: http://127.0.0.1:8080");
        }

        foreach (var url in addresses)
        {
            if (Complain(url) is { } complaint)
            {
                throw new ConfigurationException($"'{setting}' is wrong: '{url}' {complaint}");
            }
        }
    }

    /// <summary>
    /// Refuses addresses that are configured elsewhere: the web server would use those, and the check of the others
    /// would be meaningless.
    /// </summary>
    /// <param name="setting">The setting that the operator must use.</param>
    /// <param name="configuration">The configuration.</param>
    /// <exception cref="ConfigurationException">Such addresses exist.</exception>
    public static void RefuseOthers(string setting, IConfiguration configuration)
    {
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            throw new ConfigurationException($"'Kestrel:Endpoints' is not used. Set '{setting}', e.g. http://127.0.0.1:8080, and remove it.");
        }
    }

    /// <summary>True for the exceptions that a web server throws if it cannot listen.</summary>
    public static bool IsFailure(Exception exception) => exception is IOException or SocketException;

    /// <summary>Explains why the server cannot listen, and what to do.</summary>
    /// <param name="setting">The setting that contains the addresses.</param>
    /// <param name="urls">The addresses.</param>
    /// <param name="exception">The web server's exception.</param>
    public static ConfigurationException Explain(string setting, string urls, Exception exception) => new(exception switch
    {
        IOException { InnerException: AddressInUseException } => $"The server cannot listen on {urls}: the port is in use. Stop the program that uses it, or choose another with '{setting}'.",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => $"The server cannot listen on {urls}: this machine does not have that address. Set '{setting}' to one that it has.",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => $"The server cannot listen on {urls}: the system does not allow it. Choose a port from 1024 on with '{setting}', or allow it.",
        _ => $"The server cannot listen on {urls}: {exception.Message} Check '{setting}'.",
    });

    private static string? Complain(string url)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return "is not an address to listen on. An example: http://127.0.0.1:8080";
        }

        return string.Equals(address.Scheme, "https", StringComparison.OrdinalIgnoreCase) ? "is https, and the server speaks http only. Put a proxy in front that ends TLS."
            : !string.Equals(address.Scheme, "http", StringComparison.OrdinalIgnoreCase) ? "does not begin with http://."
            : address.PathBase.Length > 0 ? "has a path. Leave it out."
            : address.IsUnixPipe || address.IsNamedPipe ? null
            : address.Port is < 0 or > MaxPort ? $"has a port that is not between 0 and {MaxPort}."
            : address.Port == 0 && string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase) ? "leaves the port open, which works with a numeric address only: http://127.0.0.1:0."
            : null;
    }
}
