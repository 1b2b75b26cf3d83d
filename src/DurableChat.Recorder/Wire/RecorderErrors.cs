namespace DurableChat.Recorder.Wire;

/// <summary>The recorder's own reasons to refuse a request.</summary>
internal static class RecorderErrors
{
    /// <summary>The secret is wrong.</summary>
    public const string WrongSecret = "wrong_secret";

    /// <summary>Requests to this host are not allowed.</summary>
    public const string HostNotAllowed = "host_not_allowed";

    /// <summary>The recorder does not understand the request.</summary>
    public const string BadRequest = "bad_request";

    /// <summary>The request is too large.</summary>
    public const string TooLarge = "too_large";

    /// <summary>A later lease holds the conversation.</summary>
    public const string Stale = "stale";

    /// <summary>There are too many exchanges.</summary>
    public const string Full = "full";

    /// <summary>The provider could not be reached, or sent no answer.</summary>
    public const string NoAnswer = "no_answer";
}
