namespace DurableChat.Providers.Http;

/// <summary>Builds API addresses. Pure.</summary>
internal static class ProviderAddress
{
    /// <summary>
    /// The address of an operation. The base may end with the version, with the operation itself, or with neither. A
    /// custom path with another version, such as <c>/v1beta/openai</c>, is kept, and so is an Azure path whose version
    /// is in the query.
    /// </summary>
    /// <param name="baseAddress">The base address.</param>
    /// <param name="operation">The path after the version, e.g. <c>chat/completions</c>.</param>
    /// <param name="query">Query fields to add.</param>
    public static Uri Of(Uri baseAddress, string operation, IReadOnlyDictionary<string, string> query)
    {
        var fields = baseAddress.Query.TrimStart('?');
        foreach (var (name, value) in query)
        {
            fields += (fields.Length > 0 ? "&" : "") + $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";
        }

        var path = baseAddress.AbsolutePath.TrimEnd('/');
        if (!path.EndsWith($"/{operation}", StringComparison.OrdinalIgnoreCase))
        {
            var versioned = HasVersion(path) ? path
                : AzureAddress.Is(baseAddress) ? AzureAddress.PathOf(path, fields, operation)
                : $"{path}/v1";
            path = $"{versioned}/{operation}";
        }

        return new UriBuilder(baseAddress) { Path = path, Query = fields }.Uri;
    }

    private static bool HasVersion(string path) =>
        path.Split('/')
            .Any(part => part.Length > 1 && part[0] is 'v' or 'V' && char.IsAsciiDigit(part.ElementAtOrDefault(1)));
}
