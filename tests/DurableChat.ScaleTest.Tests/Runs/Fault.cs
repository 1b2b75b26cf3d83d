namespace DurableChat.ScaleTest.Tests.Runs;

/// <summary>What the faulty proxy does to one stream.</summary>
public enum Fault
{
    None,
    DropMessage,
    RepeatMessage,
    SwapMessages,
    DropPart,
    RepeatPart,
    SwapParts,
    PartAfterMessage,
    WrongEpoch,
    ChangeText,
    DropTail,
    RepeatStatus,
    OtherId,
    DropFromHistory,
    ChangeHistory,
}
