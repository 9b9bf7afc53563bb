#include "Shapes.h"

namespace mw
{

void drawShape(juce::Graphics& g, Shape shape, juce::Point<float> centre, float size)
{
    const auto box = juce::Rectangle<float>(size, size).withCentre(centre);
    juce::Path path;
    switch (shape)
    {
        case Shape::disc: return g.fillEllipse(box);
        case Shape::square: return g.fillRect(box.reduced(0.5f));
        case Shape::dot: return g.fillEllipse(box.withSizeKeepingCentre(0.4f * size, 0.4f * size));
        case Shape::rhombus:
            path.addQuadrilateral(centre.x, box.getY(), box.getRight(), centre.y, centre.x, box.getBottom(), box.getX(),
                    centre.y);
            break;
        case Shape::warning: path.addTriangle(centre.x, box.getY(), box.getRight(), box.getBottom(), box.getX(),
                box.getBottom()); break;
        case Shape::right: path.addTriangle(box.getX(), box.getY(), box.getRight(), centre.y, box.getX(), box.getBottom()); break;
        case Shape::left:
            path.addTriangle(box.getRight(), box.getY(), box.getX(), centre.y, box.getRight(), box.getBottom());
            break;
        case Shape::down: path.addTriangle(box.getX(), box.getY(), box.getRight(), box.getY(), centre.x, box.getBottom()); break;
    }
    g.fillPath(path);
}

} // namespace mw
