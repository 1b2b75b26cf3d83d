namespace DurableChat.ScaleTest.Checking;

/// <summary>How a stream can break its promise.</summary>
internal enum ViolationKind
{
    /// <summary>A message was left out.</summary>
    Gap,

    /// <summary>A message came again.</summary>
    Duplicate,

    /// <summary>A message came behind a later one.</summary>
    OutOfOrder,

    /// <summary>An event belongs to another epoch than the history on screen.</summary>
    WrongEpoch,

    /// <summary>Parts of an answer were left out.</summary>
    PartGap,

    /// <summary>Parts of an answer came again.</summary>
    PartDuplicate,

    /// <summary>A part came after the message it belongs to, or beside parts of another answer.</summary>
    StalePart,

    /// <summary>A message differs from its parts, or from what the store holds.</summary>
    Content,

    /// <summary>A status came that is older than the one shown.</summary>
    StaleStatus,

    /// <summary>An event's form is wrong, or its position says something else than its content.</summary>
    Malformed,

    /// <summary>
    /// After all was quiet the store lacked an acknowledged message, or a subscriber lacked a stored one.
    /// </summary>
    Lost,

    /// <summary>
    /// A subscriber was given a message that the store does not have, or the store has what nobody sent.
    /// </summary>
    Unknown,

    /// <summary>After all was quiet a chat did not come to rest, or did not answer a new message.</summary>
    Stuck,

    /// <summary>
    /// A history that no model's provider would take: a call without its result, an answer without its question.
    /// </summary>
    InvalidHistory,

    /// <summary>What was acknowledged first came after what was sent later.</summary>
    RealTime,

    /// <summary>
    /// A command was answered one way and its repetition another, or was refused and done all the same.
    /// </summary>
    WrongAnswer,

    /// <summary>A chat that needed a driver had none for longer than it may.</summary>
    Undriven,

    /// <summary>
    /// A tool ran twice for one call, and no replica had died, was frozen or was asked to stop meanwhile.
    /// </summary>
    ToolRepeated,

    /// <summary>
    /// What was counted of the cost of answers is not what the model reported, as far as no process died with it.
    /// </summary>
    Miscounted,

    /// <summary>
    /// An answer was generated twice, without a failure, a stop, or a replica that had died, was frozen or was asked to
    /// stop meanwhile.
    /// </summary>
    AnswerRepeated,

    /// <summary>
    /// A request was answered with a 5xx other than 503, the only one that the wire's documentation knows.
    /// </summary>
    ServerError,
}
