namespace DurableChat.Recorder.Options;

/// <summary>The hosts to which requests may be sent. Immutable.</summary>
/// <param name="hosts">
/// Hosts, each with its port unless it is the scheme's default: <c>api.openai.com</c>, <c>127.0.0.1:11434</c>. <c>*</c>
/// allows any host.
/// </param>
internal sealed class AllowedHosts(IEnumerable<string> hosts)
{
    private readonly HashSet<string> _hosts = new(hosts, StringComparer.OrdinalIgnoreCase);

    /// <summary>True for an http or https address of an allowed host, without a user name.</summary>
    public bool Allows(Uri target) =>
        target.Scheme is "http" or "https" && target.UserInfo.Length == 0
        && (_hosts.Contains("*") || _hosts.Contains(target.Authority));
}
