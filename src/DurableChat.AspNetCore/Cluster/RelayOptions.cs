namespace DurableChat.AspNetCore.Cluster;

/// <summary>How replicas reach each other.</summary>
public sealed class RelayOptions
{
    /// <summary>The shortest secret that is taken, in characters.</summary>
    public const int MinSecretLength = 32;

    /// <summary>Where this replica listens for the others, over HTTP/2. Default: a free port of the loopback address, which suits replicas on one machine.</summary>
    public string Url { get; set; } = "http://127.0.0.1:0";

    /// <summary>At which URL the others reach it; null for where it listens.</summary>
    public Uri? Address { get; set; }

    /// <summary>What replicas show each other and seal notifications with: at least 32 visible ASCII characters, the
    /// same for all; null for the one that the store keeps.</summary>
    public string? Secret { get; set; }

    /// <summary>The secret that <see cref="Secret"/> takes the place of, for as long as some replicas have only that;
    /// null for none.</summary>
    public string? PreviousSecret { get; set; }

    /// <summary>Makes of a failure to listen what is to be thrown instead; null leaves it as it is.</summary>
    public Func<Exception, Exception>? ExplainFailure { get; set; }

    /// <summary>Finds what is wrong, as sentences that name the setting; empty if all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        foreach (var (name, secret) in new[] { (nameof(Secret), Secret), (nameof(PreviousSecret), PreviousSecret) })
        {
            if (secret is { Length: < MinSecretLength })
            {
                problems.Add($"{name} must have at least {MinSecretLength} characters.");
            }

            // As a bearer token it goes into a header.
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
