using System.Text.Json;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Responses;

/// <summary>
/// The items of an output. Events identify their item by id and index. Some servers change the id with every event, use
/// index 0 for each item, or send neither. Not thread-safe.
/// </summary>
/// <param name="held">Counts the memory that they hold.</param>
internal sealed class OutputItems(HeldContent held)
{
    private readonly List<OutputItem> _items = [];

    /// <summary>The items in the order of the output.</summary>
    public IReadOnlyList<OutputItem> InOrder => [.. _items.OrderBy(item => item.Index)];

    /// <summary>The item that begins with an event.</summary>
    public OutputItem Begin(JsonElement data)
    {
        var (id, index) = Names(data);
        var known = _items.FindLast(each => each.Whole is null && (id is null ? each.Index == index : each.Id == id));
        return known ?? Add(id, index);
    }

    /// <summary>The item of an event. A new item begins if it is not known.</summary>
    public OutputItem Of(JsonElement data)
    {
        var (id, index) = Names(data);
        var item = id is null ? null : _items.FindLast(each => each.Id == id);
        item ??= _items.FindLast(each => each.Whole is null
            && (index is { } place ? each.Index == place : id is null || each.Id is null));
        return item ?? Add(id, index);
    }

    /// <summary>The item at an index of the complete output. A new item begins if no event has announced it.</summary>
    public OutputItem At(int place, JsonElement whole)
    {
        var (id, type) = (whole.Text("id"), whole.Text("type"));
        var item = id is null ? null : _items.FindLast(each => each.Id == id);
        item ??= _items.Find(each => each.Index == place && (each.Type is null || each.Type == type));
        item ??= _items.Find(each => each.Whole is { } known && known.GetRawText() == whole.GetRawText());
        item ??= Add(id, place);
        item.Index = place;
        return item;
    }

    private static (string? Id, long? Index) Names(JsonElement data) =>
        (data.Text("item_id") ?? data.Object("item")?.Text("id"), data.Number("output_index"));

    private OutputItem Add(string? id, long? index)
    {
        held.AddObject();
        var item = new OutputItem(id, index ?? _items.Count, held);
        _items.Add(item);
        return item;
    }
}
