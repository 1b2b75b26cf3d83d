using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>A model call failed in a way that is understood. What <see cref="Failure"/> says may be shown to the owner.</summary>
public sealed class ModelException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="failure">What it means.</param>
    /// <param name="cause">What the log is told of it; null for nothing more.</param>
    public ModelException(ModelFailure failure, Exception? cause = null)
        : base(failure?.Error.Message, cause)
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
