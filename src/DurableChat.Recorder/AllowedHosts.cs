namespace DurableChat.Recorder;

/// <summary>Where requests may be sent. Immutable.</summary>
/// <param name="hosts">
/// Hosts, each with its port unless it is the scheme's: <c>api.openai.com</c>, <c>127.0.0.1:11434</c>. <c>*</c> allows
/// any.
/// </param>
internal sealed class AllowedHosts(IEnumerable<string> hosts)
{
    private readonly HashSet<string> _hosts = new(hosts, StringComparer.OrdinalIgnoreCase);

    /// <summary>True for an http or https address of an allowed host, without a user's name.</summary>
    public bool Allows(Uri target) =>
        target.Scheme is "http" or "https" && target.UserInfo.Length == 0
        && (_hosts.Contains("*") || _hosts.Contains(target.Authority));
}
