#include "FigureJson.h"

#include "JuceText.h"
#include "SnapshotJson.h"

namespace mw
{

namespace
{

juce::var valueJson(const Figure::Value& value)
{
    if (const auto* number = std::get_if<double>(&value))
        return jsonNumber(*number);
    if (const auto* truth = std::get_if<bool>(&value))
        return *truth;
    if (const auto* text = std::get_if<std::string>(&value))
        return juceText(*text);
    return {};
}

} // namespace

juce::var figuresJson(const FigureSet& set)
{
    auto* json = new juce::DynamicObject();
    juce::var result(json);
    for (const auto& figure : set.figures())
    {
        auto* one = new juce::DynamicObject();
        json->setProperty(juceText(figure.path), juce::var(one));
        one->setProperty("value", valueJson(figure.value));
        one->setProperty("unit", juceText(figure.unit));
        one->setProperty("reference", juceText(figure.reference));
        one->setProperty("window", juceText(figure.window));
        one->setProperty("accuracy", juceText(figure.accuracy));
        if (! figure.isMeasured())
            one->setProperty("whyNot", juceText(figure.whyNot));
    }
    return result;
}

FigureSet figuresFromJson(const juce::var& json)
{
    FigureSet set;
    auto* object = json.getDynamicObject();
    if (object == nullptr)
        return set;
    for (const auto& [name, one] : object->getProperties())
    {
        if (! one.isObject())
            continue;
        const auto textOf = [&one = one](const char* field) { return one[field].toString().toStdString(); };
        const auto unit = textOf("unit"), reference = textOf("reference"), window = textOf("window"), accuracy = textOf("accuracy");
        const FigureKind kind { unit, reference, window, accuracy };
        const auto path = name.toString().toStdString();
        const auto value = one["value"];
        if (value.isBool())
            set.set(path, static_cast<bool>(value), kind);
        else if (value.isString())
            set.set(path, value.toString().toStdString(), kind);
        else if (value.isDouble() || value.isInt() || value.isInt64())
            set.set(path, static_cast<double>(value), kind);
        else
            set.setNotMeasured(path, textOf("whyNot"), kind);
    }
    return set;
}

juce::var tablesJson(const FigureSet& set)
{
    auto* json = new juce::DynamicObject();
    juce::var result(json);
    for (const auto& table : set.tables())
    {
        auto* one = new juce::DynamicObject();
        json->setProperty(juceText(table.name), juce::var(one));
        juce::Array<juce::var> columns, rows;
        for (const auto& column : table.columns)
        {
            auto* named = new juce::DynamicObject();
            columns.add(juce::var(named));
            named->setProperty("name", juceText(column.name));
            named->setProperty("unit", juceText(column.unit));
        }
        for (const auto& row : table.rows)
        {
            juce::Array<juce::var> cells;
            for (const auto& cell : row)
                cells.add(valueJson(cell));
            rows.add(cells);
        }
        one->setProperty("columns", columns);
        one->setProperty("rows", rows);
        one->setProperty("rowsLeftOut", static_cast<juce::int64>(table.rowsLeftOut));
    }
    return result;
}

} // namespace mw
