using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Models;
using DurableChat.Retention;
using DurableChat.Workers;
using Microsoft.Extensions.Options;

namespace DurableChat;

/// <summary>Refuses settings that are out of range, when the host starts.</summary>
internal sealed class DurableChatOptionsValidator : IValidateOptions<DurableChatOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DurableChatOptions options) =>
        options.Validate() is [_, ..] problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}

/// <summary>
/// Checks the ranges that the attributes of a section state. Generated, so that nothing is reflected.
/// </summary>
[OptionsValidator]
internal sealed partial class ChatLimitsValidator : IValidateOptions<ChatLimits>;

/// <inheritdoc cref="ChatLimitsValidator"/>
[OptionsValidator]
internal sealed partial class FeedOptionsValidator : IValidateOptions<FeedOptions>;

/// <inheritdoc cref="ChatLimitsValidator"/>
[OptionsValidator]
internal sealed partial class WorkerOptionsValidator : IValidateOptions<WorkerOptions>;

/// <inheritdoc cref="ChatLimitsValidator"/>
[OptionsValidator]
internal sealed partial class ToolOptionsValidator : IValidateOptions<ToolOptions>;

/// <inheritdoc cref="ChatLimitsValidator"/>
[OptionsValidator]
internal sealed partial class RetentionOptionsValidator : IValidateOptions<RetentionOptions>;
