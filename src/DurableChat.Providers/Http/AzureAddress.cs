namespace DurableChat.Providers.Http;

/// <summary>
/// Addresses of Azure OpenAI, which have two forms: <c>/openai/v1</c>, and <c>/openai/deployments/…?api-version=…</c>
/// with a date as the version. Pure.
/// </summary>
internal static class AzureAddress
{
    private const string Deployments = "/openai/deployments/";
    private const string Version = "api-version=";

    private static readonly string[] _hosts =
        [".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com"];

    /// <summary>True for an address of Azure, including one behind a gateway.</summary>
    public static bool Is(Uri address) =>
        _hosts.Any(host => address.IdnHost.EndsWith(host, StringComparison.OrdinalIgnoreCase))
        || HasDeployment(address.AbsolutePath);

    /// <summary>The path before an operation, for a base address without a version in its path.</summary>
    /// <param name="path">The path of the base address, without a slash at its end.</param>
    /// <param name="query">The whole query.</param>
    /// <param name="operation">The operation.</param>
    public static string PathOf(string path, string query, string operation) =>
        HasDeployment(path) || path.EndsWith("/models", StringComparison.OrdinalIgnoreCase) || IsDated(query) ? path
        : path.Length == 0 ? (operation == "messages" ? "/anthropic/v1" : "/openai/v1")
        : $"{path}/v1";

    /// <summary>The headers that send the key.</summary>
    /// <param name="address">The address.</param>
    /// <param name="key">The key; null for none.</param>
    public static IEnumerable<KeyValuePair<string, string>> KeyHeaders(Uri address, string? key) =>
        string.IsNullOrEmpty(key) ? []
        : Is(address) ? [KeyValuePair.Create("api-key", key)]
        : [KeyValuePair.Create("Authorization", $"Bearer {key}")];

    private static bool HasDeployment(string path) => path.Contains(Deployments, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// True if the query has a date as its version. A word, such as <c>preview</c>, belongs to the form with <c>v1</c>.
    /// </summary>
    private static bool IsDated(string query) => query.Split('?', '&').Any(field =>
        field.StartsWith(Version, StringComparison.OrdinalIgnoreCase)
        && char.IsAsciiDigit(field.ElementAtOrDefault(Version.Length)));
}
