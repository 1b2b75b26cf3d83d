namespace DurableChat.Recorder.Wire;

/// <summary>Why the recorder itself refuses a request.</summary>
internal static class RecorderErrors
{
    /// <summary>The secret is another one.</summary>
    public const string WrongSecret = "wrong_secret";

    /// <summary>The request may not be sent there.</summary>
    public const string HostNotAllowed = "host_not_allowed";

    /// <summary>The request is not one that the recorder understands.</summary>
    public const string BadRequest = "bad_request";

    /// <summary>The request is too large.</summary>
    public const string TooLarge = "too_large";

    /// <summary>The conversation has been given to another.</summary>
    public const string Stale = "stale";

    /// <summary>There are too many exchanges.</summary>
    public const string Full = "full";

    /// <summary>The provider could not be reached, or sent no answer.</summary>
    public const string NoAnswer = "no_answer";
}
