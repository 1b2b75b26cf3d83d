namespace DurableChat.AspNetCore.Cluster;

/// <summary>How replicas reach each other.</summary>
public sealed class RelayOptions
{
    /// <summary>The minimum length of a secret, in characters.</summary>
    public const int MinSecretLength = 32;

    /// <summary>
    /// The address where this replica listens for the others, over HTTP/2. Default: a free port of the loopback
    /// address, which suits replicas on one machine.
    /// </summary>
    public string Url { get; set; } = "http://127.0.0.1:0";

    /// <summary>The URL at which the others reach this replica. Null uses the address where it listens.</summary>
    public Uri? Address { get; set; }

    /// <summary>
    /// The secret that replicas authenticate with and encrypt notifications with: at least 32 visible ASCII characters,
    /// the same on all replicas. Null uses the secret that the store keeps.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>
    /// The secret that <see cref="Secret"/> replaces, for as long as some replicas have only the old one. Null for
    /// none.
    /// </summary>
    public string? PreviousSecret { get; set; }

    /// <summary>The secrets that are set, the current one first.</summary>
    internal IEnumerable<string> Secrets => new[] { Secret, PreviousSecret }.OfType<string>();

    /// <summary>Converts a failure to listen into the exception to throw instead. Null keeps the original.</summary>
    public Func<Exception, Exception>? ExplainFailure { get; set; }

    /// <summary>Validates the options. Returns sentences that name the setting; empty if all are valid.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        foreach (var (name, secret) in new[] { (nameof(Secret), Secret), (nameof(PreviousSecret), PreviousSecret) })
        {
            if (secret is { Length: < MinSecretLength })
            {
                problems.Add($"{name} must have at least {MinSecretLength} characters.");
            }

            // The secret is sent in a header, as a bearer token.
            if (secret?.All(character => character is > ' ' and < '\x7f') == false)
            {
                problems.Add($"{name} must be visible ASCII characters.");
            }
        }

        if (PreviousSecret is not null && (Secret is null || Secret == PreviousSecret))
        {
            problems.Add("PreviousSecret is what Secret takes the place of: set Secret, to another one.");
        }

        if (Address is { } address && !(address.IsAbsoluteUri && address.Scheme is ("http" or "https")))
        {
            problems.Add("Address must be a URL of http or https, e.g. http://10.0.0.5:9090.");
        }

        return problems;
    }
}
