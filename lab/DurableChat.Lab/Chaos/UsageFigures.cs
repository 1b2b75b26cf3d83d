using System.Globalization;
using DurableChat.Lab.Chaos.Checking;

namespace DurableChat.Lab.Chaos;

/// <summary>What became of the cost that the model reported.</summary>
/// <param name="Reported">Answers whose cost the model reported.</param>
/// <param name="Excused">
/// Those of them whose cost may be lost: their replica was killed or stopped, or it is not known that the server read
/// it.
/// </param>
/// <param name="TokensReported">Tokens of input of all of them.</param>
/// <param name="TokensCounted">Tokens of input that the chats count.</param>
internal sealed record UsageFigures(int Reported, int Excused, long TokensReported, long TokensCounted)
{
    /// <summary>The figures of a run.</summary>
    public static UsageFigures Of(IReadOnlyList<RecordedChat> chats)
    {
        var answers = chats.Select(UsageLaws.Split).ToList();
        return new UsageFigures(
            answers.Sum(split => split.Certain.Count + split.Possible.Count),
            answers.Sum(split => split.Possible.Count),
            answers.Sum(split => split.Certain.Concat(split.Possible).Sum(answer => answer.InputTokens)),
            chats.Sum(chat => chat.Final.Usage.Input));
    }

    /// <summary>The figures of several runs together.</summary>
    public static UsageFigures Sum(IEnumerable<UsageFigures> runs) => runs.Aggregate(
        new UsageFigures(0, 0, 0, 0),
        (sum, run) => new UsageFigures(
            sum.Reported + run.Reported,
            sum.Excused + run.Excused,
            sum.TokensReported + run.TokensReported,
            sum.TokensCounted + run.TokensCounted));

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"costs reported {Reported} (of which {Excused} may be lost), counted {TokensCounted} of "
            + $"{TokensReported} tokens");
}
