namespace DurableChat.Server.Auth;

/// <summary>One entry of the configuration section <c>Auth:Tokens</c>.</summary>
internal sealed class TokenSettings
{
    /// <summary>Whose token it is.</summary>
    public string? Owner { get; set; }

    /// <summary>The SHA-256 of the token, in hexadecimal. The token itself stands nowhere.</summary>
    public string? Sha256 { get; set; }

    /// <summary>True if its holder may read <c>/metrics</c>.</summary>
    public bool Operator { get; set; }
}
