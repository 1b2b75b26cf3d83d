using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>A model call failed in a way that is understood. What <see cref="Failure"/> says may be shown to the owner.</summary>
public sealed class ModelException : Exception
{
    /// <summary>Makes one.</summary>
    public ModelException(ModelFailure failure)
        : base(failure?.Error.Message)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Failure = failure;
    }

    /// <summary>Makes one of its parts.</summary>
    public ModelException(string code, string message, bool retryable)
        : this(new ModelFailure(new ChatError(code, message, retryable)))
    {
    }

    /// <summary>What it means.</summary>
    public ModelFailure Failure { get; }
}
