using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>
/// Completes commands with the model and settings that answer their messages. What a request asks for must be allowed.
/// What a message inherits, from its chat or from the message that it replaces, is adjusted to fit, because the host's
/// limits or the model may have changed. Thread-safe.
/// </summary>
/// <param name="models">The models.</param>
/// <param name="notes">Receives what was adjusted.</param>
internal sealed class AnswerChoices(ModelCatalog models, SettingNotes notes)
{
    /// <summary>How much of an unknown model name error messages repeat.</summary>
    private const int MaxNameShown = 100;

    /// <summary>
    /// Returns the command with the model and settings that its message keeps, or a command that is refused if the
    /// request is not allowed.
    /// </summary>
    public ChatCommand Complete(Chat chat, ChatCommand command) => command switch
    {
        SendMessage send => Send(chat, send),
        EditMessage { Target: { Role: MessageRole.User } target } edit => Edit(chat, edit, target),
        UpdateChat { Model: null, Settings: null } => command,
        UpdateChat update => Check(update.Model, chat.CurrentModel, update.Settings, out _) is { } refusal
            ? new ImpossibleCommand(refusal)
            : update,
        _ => command,
    };

    /// <summary>Why a chat cannot be created. Null if it can.</summary>
    /// <param name="model">The model of the chat.</param>
    /// <param name="chat">The requested chat.</param>
    public Refusal? Check(string model, NewChat chat) =>
        chat is { Content: null, MessageSettings: not null }
            ? new Refusal(
                RefusalCode.InvalidField, "There is no message that the settings could be for.", "message_settings")
            : Check(chat.Model, model, chat.Settings, out _)
                ?? Check(chat.Model, model, chat.MessageSettings, out _, "message_settings");

    /// <summary>The requested settings, completed with the inherited ones.</summary>
    public static GenerationSettings? Join(GenerationSettings? inherited, GenerationSettings? asked) =>
        inherited?.With(asked) ?? asked;

    /// <summary>Why the model or these settings cannot be requested. Null if they can.</summary>
    /// <param name="asked">The model that the request names. Null if it names none.</param>
    /// <param name="inherited">The model that answers otherwise.</param>
    /// <param name="settings">The settings in the request. Null for none.</param>
    /// <param name="model">The model that answers. Null if no model has this name.</param>
    /// <param name="field">The request field of the settings.</param>
    private Refusal? Check(
        string? asked,
        string inherited,
        GenerationSettings? settings,
        out ModelDefinition? model,
        string field = AllowedSettings.DefaultField)
    {
        var name = asked ?? inherited;
        if (!models.TryGet(name, out model))
        {
            return new Refusal(
                RefusalCode.InvalidField,
                $"There is no model named '{Clip(name)}'. GET /models lists those there are.",
                "model");
        }

        if (asked is not null && !model.IsSelectable)
        {
            return new Refusal(
                RefusalCode.SettingNotAllowed,
                $"The model '{name}' cannot be chosen by a request. GET /models lists those that can.",
                "model");
        }

        return settings is null ? null : model.Allow.Check(settings, name, field) switch
        {
            [] => null,
            [var one] => one,
            [var first, ..] all => first with { Message = string.Join(' ', all.Select(refusal => refusal.Message)) },
        };
    }

    private static string Clip(string name) =>
        name.Length <= MaxNameShown ? name : $"{TextCut.Start(name, MaxNameShown)}…";

    private ChatCommand Send(Chat chat, SendMessage send)
    {
        if (send is { Model: null, Settings: null } && chat is { NextModel: null, Settings: null })
        {
            return send;
        }

        var name = send.Model ?? chat.CurrentModel;
        if (Check(send.Model, chat.CurrentModel, send.Settings, out var model) is { } refusal)
        {
            // A chat whose model is no longer configured still accepts messages. Its turns fail with an explanation.
            return send is { Model: null, Settings: null }
                ? send with { Model = name, Settings = chat.Settings }
                : new ImpossibleCommand(refusal);
        }

        notes.Note(model!, chat.Id, chat.Settings);
        return send with { Model = name, Settings = Join(model!.Allow.Fit(chat.Settings), send.Settings) };
    }

    private ChatCommand Edit(Chat chat, EditMessage edit, Message target)
    {
        if (edit is { Model: null, Settings: null }
            && target is { Model: null, Settings: null }
            && (chat.NextModel is null || models.TryGet(chat.Model, out _)))
        {
            return edit;
        }

        var kept = target.Model ?? chat.Model;
        var inheritedModel = models.TryGet(kept, out _) ? kept : chat.CurrentModel;
        var name = edit.Model ?? inheritedModel;
        if (Check(edit.Model, inheritedModel, edit.Settings, out var model) is { } refusal)
        {
            return edit is { Model: null, Settings: null }
                ? edit with { Model = name, Settings = target.Settings }
                : new ImpossibleCommand(refusal);
        }

        var inherited = edit.Settings is null ? target.Settings : chat.Settings;
        notes.Note(model!, chat.Id, inherited);
        return edit with { Model = name, Settings = Join(model!.Allow.Fit(inherited), edit.Settings) };
    }
}
