namespace DurableChat.Providers.Responses;

/// <summary>Kinds of text in output items, by the names of their events.</summary>
internal static class ItemTexts
{
    /// <summary>Text of a message.</summary>
    public const string Text = "output_text";

    /// <summary>A refusal in a message.</summary>
    public const string Refusal = "refusal";

    /// <summary>A part of a summary of reasoning.</summary>
    public const string Summary = "reasoning_summary_text";

    /// <summary>Readable reasoning.</summary>
    public const string Reasoning = "reasoning_text";
}
