using DurableChat.ScaleTest.Checking;

namespace DurableChat.Lab.Chaos.Checking;

/// <summary>
/// Judges one chat by its record, after all is quiet. It knows what the wire's documentation promises and nothing of
/// the server, nor does it build on the checks that were made while streams were read. Pure.
/// </summary>
internal static class ChaosChecker
{
    /// <summary>Finds what is wrong; empty if all is well.</summary>
    public static IReadOnlyList<Violation> Check(RecordedChat chat)
    {
        var evidence = new Evidence(chat);
        var findings = new Findings(chat);
        TextLaws.Check(chat, evidence, findings);
        OrderLaws.Check(chat, evidence, findings);
        ArchiveLaws.Check(chat, findings);
        StreamLaws.Check(chat, evidence, findings);
        TranscriptLaws.Check(chat, findings);
        DriverLaws.Check(chat, findings);
        OnceLaws.Check(chat, findings);
        if (chat.Circumstances.IsUsageCounted)
        {
            UsageLaws.Check(chat, findings);
        }

        if (chat.Stuck is { } stuck)
        {
            findings.Add(ViolationKind.Stuck, stuck);
        }

        return findings.All;
    }
}
