namespace DurableChat.Chats;

/// <summary>Texts that replace the result of a tool call that was never answered. The model reads them.</summary>
internal static class CancellationReasons
{
    public const string TurnEnded = "Cancelled: the turn ended before this call had a result.";
    public const string NewMessage = "Cancelled: the user sent a new message instead of answering this call.";
    public const string Interrupted = "Cancelled: the user stopped the turn.";
    public const string Failed = "Cancelled: the turn failed before this call had a result.";

    /// <summary>A model that assumes the call did not run would repeat it.</summary>
    public const string MayHaveRun = " The call may have begun, so it may have had effects.";

    public const string DidNotRun = " The call did not run.";
}
