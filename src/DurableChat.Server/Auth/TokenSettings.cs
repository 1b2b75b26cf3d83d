namespace DurableChat.Server.Auth;

/// <summary>One entry of the configuration section <c>Auth:Tokens</c>.</summary>
internal sealed class TokenSettings
{
    /// <summary>The owner of the token.</summary>
    public string? Owner { get; set; }

    /// <summary>The SHA-256 of the token, in hexadecimal. The token itself is not stored.</summary>
    public string? Sha256 { get; set; }

    /// <summary>Whether the token gives an operator's rights, such as <c>/metrics</c>.</summary>
    public bool Operator { get; set; }
}
