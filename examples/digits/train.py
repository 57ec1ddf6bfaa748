#!/usr/bin/env python3
"""Teaches a small neural network to read handwritten digits. The Python twin of "train", the Java program.

Every image has 8 x 8 pixels. The network has two layers: 64 pixels -> some hidden units -> 10 scores, one
per digit. Training shows it images, measures how wrong the scores are (the "loss"), and nudges every weight
a little in the direction that makes the loss smaller. README.md says how to run it.

Only Python itself is needed. With numpy installed it is many times faster.
"""
import json
import math
import os
import re
import sys
from operator import mul

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")    # matrices this small gain nothing from a second core
try:
    import numpy
except ImportError:
    numpy = None

PIXELS, DIGITS = 64, 10
BATCH = 16        # images looked at before the weights move once
MOMENTUM = 0.9    # how much of the last nudge carries on into the next one


def main():
    settings = {
        "epochs": int(setting("EPOCHS", "300", "a whole number", "1", "1000")),
        "learning_rate": setting("LEARNING_RATE", "0.002", "a number", "0.0001", "1"),
        "hidden": int(setting("HIDDEN", "64", "a whole number", "1", "512")),
        "seed": int(setting("SEED", "42", "a whole number", "0", "999999999")),
        "batch_size": BATCH,
        "momentum": MOMENTUM,
    }
    try:
        # Run by hand, there is nobody to read the metrics. The null device swallows them.
        with open(environment("FARGA_METRICS", os.devnull), "a", encoding="utf-8") as metrics:
            train(settings, metrics)
    except OSError as problem:
        stop(1, f"cannot read or write a file: {problem}")


def train(settings, metrics):
    epochs, hidden, rate = settings["epochs"], settings["hidden"], settings["learning_rate"]
    output = environment("FARGA_OUTPUT", "output")
    os.makedirs(output, exist_ok=True)
    # All chance comes from one seeded source, so the same seed gives the same model.
    random = Random(settings["seed"])

    # Hold a quarter of each digit's images out of training. Only images the network has never seen
    # can tell whether it learned to read, or merely learned the training images by heart.
    training, held_out = [], []
    for same_digit in read_images(find_data()):
        random.shuffle(same_digit)
        cut = len(same_digit) // 4
        held_out += same_digit[:cut]
        training += same_digit[cut:]
    say(f"{len(training)} images to learn from, {len(held_out)} held out, network {PIXELS}-{hidden}-{DIGITS}")
    if numpy is None:
        say("numpy is not installed; plain Python takes a few minutes, EPOCHS=60 is enough to see it learn")
    for name, value in settings.items():
        report(metrics, {"param": name, "value": str(value)})

    first, second = first_weights(PIXELS, hidden, random), first_weights(hidden, DIGITS, random)
    network = (ListNetwork if numpy is None else NumpyNetwork)(first, second)
    for epoch in range(1, epochs + 1):    # one epoch: every training image once
        random.shuffle(training)
        loss_sum = 0.0
        for start in range(0, len(training), BATCH):
            loss_sum += network.learn(training[start:start + BATCH], rate)
        loss = loss_sum / len(training)
        confusion = [[0] * DIGITS for _ in range(DIGITS)]    # row: the true digit, column: the answer
        for (_, digit), answer in zip(held_out, network.read(held_out)):
            confusion[digit][answer] += 1
        correct = sum(confusion[digit][digit] for digit in range(DIGITS))
        accuracy = correct / len(held_out)
        say(f"epoch {epoch:3}/{epochs}   loss {loss:.4f}   held-out accuracy {accuracy:.4f}")
        report(metrics, {"name": "loss", "step": epoch, "value": round(loss, 6)})
        report(metrics, {"name": "accuracy", "step": epoch, "value": round(accuracy, 6)})

    facts = {"accuracy": accuracy, "correct": correct, "loss": loss, **settings}
    total = len(training) + len(held_out)
    facts["rows"] = {"total": total, "training": len(training), "held_out": len(held_out)}
    weights = network.weights()    # [layer][unit][input], and last in every row the bias
    model = {
        "kind": "multi-layer perceptron",
        "layers": [PIXELS, hidden, DIGITS],
        "input": "64 pixels, row by row, each divided by 16",
        "activation": "relu",
        "output": "softmax over the digits 0 to 9",
        "metadata": facts,
        "weights": [[row[:-1] for row in layer] for layer in weights],
        "biases": [[row[-1] for row in layer] for layer in weights],
    }
    write_json(os.path.join(output, "model.json"), model)
    write_json(os.path.join(output, "report.json"), {**facts, "confusion_matrix": confusion})
    say(f"wrote model.json and report.json to {output}")
    say(f"held-out accuracy {accuracy:.4f} ({correct} of {len(held_out)})")


def first_weights(inputs, units, random):
    """Weights for one layer by He's rule: the more inputs a unit adds up, the smaller they have to be."""
    limit = math.sqrt(6.0 / inputs)
    return [[(2 * random.next_double() - 1) * limit for _ in range(inputs)] + [0.0] for _ in range(units)]


class ListNetwork:
    """The network in plain Python: one image, one unit, one sum at a time. The one to read first."""

    def __init__(self, *layers):
        self.layers = layers    # [layer][unit][input], and last in every row the bias
        self.speeds = [[[0.0] * len(row) for row in layer] for layer in layers]

    def forward(self, layer, inputs):
        return [sum(map(mul, row, inputs), row[-1]) for row in self.layers[layer]]

    def learn(self, batch, rate):
        slopes = [[[0.0] * len(row) for row in layer] for layer in self.layers]
        loss = 0.0
        for pixels, digit in batch:
            # ReLU silences negative sums. Without this bend, two layers could do no more than one.
            active = [total if total > 0 else 0.0 for total in self.forward(0, pixels)]
            scores = self.forward(1, active)
            top = max(scores)    # taking the top off keeps exp() in bounds
            powers = [math.exp(score - top) for score in scores]
            total = sum(powers)
            blame = [power / total for power in powers]    # softmax: ten chances that add up to 1
            loss -= math.log(max(blame[digit], 1e-12))
            # The slope of softmax with cross-entropy is pleasantly simple: what the network said,
            # minus what is true. From there the blame is passed back, layer by layer.
            blame[digit] -= 1
            columns = zip(*self.layers[1])    # per hidden unit: its ten weights
            earlier = [sum(map(mul, blame, column)) if on > 0 else 0.0 for on, column in zip(active, columns)]
            self.note(slopes[1], blame, active)
            self.note(slopes[0], earlier, pixels)
        self.step(slopes, rate / len(batch))
        return loss

    def note(self, slopes, blame, inputs):
        """Notes how each weight of a layer should change. The bias acts like an input that is always 1."""
        inputs = inputs + [1.0]
        for unit, much in enumerate(blame):
            if much != 0:
                slopes[unit] = [slope + much * value for slope, value in zip(slopes[unit], inputs)]

    def step(self, slopes, rate):
        """Downhill with momentum: the weights roll like a ball that remembers where it was going."""
        for layer, speeds, layer_slopes in zip(self.layers, self.speeds, slopes):
            for unit, row in enumerate(layer):
                speeds[unit] = [MOMENTUM * v - rate * s for v, s in zip(speeds[unit], layer_slopes[unit])]
                layer[unit] = [weight + v for weight, v in zip(row, speeds[unit])]

    def read(self, images):
        for pixels, _ in images:
            scores = self.forward(1, [max(total, 0.0) for total in self.forward(0, pixels)])
            yield scores.index(max(scores))

    def weights(self):
        return self.layers


class NumpyNetwork:
    """The same sums, a whole batch at a time, as products of matrices."""

    def __init__(self, *layers):
        self.layers = [numpy.array(layer) for layer in layers]
        self.speeds = [numpy.zeros_like(layer) for layer in self.layers]

    def forward(self, pixels):
        active = numpy.maximum(with_ones(pixels) @ self.layers[0].T, 0)
        return active, with_ones(active) @ self.layers[1].T

    def learn(self, batch, rate):
        pixels = numpy.array([image[0] for image in batch])
        truth = numpy.array([image[1] for image in batch])
        every = numpy.arange(len(batch))
        active, scores = self.forward(pixels)
        powers = numpy.exp(scores - scores.max(axis=1, keepdims=True))
        blame = powers / powers.sum(axis=1, keepdims=True)
        loss = -numpy.log(numpy.maximum(blame[every, truth], 1e-12)).sum()
        blame[every, truth] -= 1
        earlier = (blame @ self.layers[1][:, :-1]) * (active > 0)
        slopes = [earlier.T @ with_ones(pixels), blame.T @ with_ones(active)]
        for layer, speeds, layer_slopes in zip(self.layers, self.speeds, slopes):
            speeds *= MOMENTUM
            speeds -= rate / len(batch) * layer_slopes
            layer += speeds
        return float(loss)

    def read(self, images):
        return self.forward(numpy.array([image[0] for image in images]))[1].argmax(axis=1).tolist()

    def weights(self):
        return [layer.tolist() for layer in self.layers]


def with_ones(inputs):
    """Adds a column of ones, the input that every bias is multiplied with."""
    return numpy.hstack([inputs, numpy.ones((len(inputs), 1))])


class Random:
    """Draws the numbers that the documentation of java.util.Random promises for a seed.

    Python's own random numbers would do as well. These let both programs hold out the same images,
    begin with the same weights and so arrive at the same figures.
    """

    def __init__(self, seed):
        self.state = (seed ^ 0x5DEECE66D) % 2**48

    def next_bits(self, bits):
        self.state = (self.state * 0x5DEECE66D + 0xB) % 2**48
        return self.state >> (48 - bits)

    def next_below(self, bound):
        if bound & (bound - 1) == 0:    # a power of two
            return bound * self.next_bits(31) >> 31
        while True:
            drawn = self.next_bits(31)
            if drawn - drawn % bound + bound <= 2**31:    # otherwise small results would be likelier
                return drawn % bound

    def next_double(self):
        return ((self.next_bits(26) << 27) + self.next_bits(27)) / 2**53

    def shuffle(self, items):
        for last in range(len(items) - 1, 0, -1):
            other = self.next_below(last + 1)
            items[last], items[other] = items[other], items[last]


def find_data():
    """Farga names the dataset's folder. By hand, the file lies beside this script or where you are."""
    named = environment("FARGA_DATASET_DIGITS", "")
    for folder in [named] if named else [os.path.dirname(os.path.abspath(__file__)), ""]:
        if os.path.isfile(os.path.join(folder, "digits.csv")):
            return os.path.join(folder, "digits.csv")
    where = named or "the script's folder or the working folder"
    stop(1, f"there is no digits.csv in {where}; set FARGA_DATASET_DIGITS to its folder")


def read_images(file):
    """Reads the images into ten lists, one per digit, and refuses a file that is not what it should be."""
    by_digit = [[] for _ in range(DIGITS)]
    with open(file, encoding="iso-8859-1") as lines:
        header = next(lines, "").rstrip("\n")
        if not re.fullmatch("pixel_0_0,.*,pixel_7_7,digit", header):
            stop(1, f"{file} does not start with the header pixel_0_0,...,pixel_7_7,digit")
        for number, line in enumerate(lines, start=2):
            cells = line.rstrip("\n").split(",")
            if len(cells) != PIXELS + 1:
                stop(1, f"{file} line {number} has {len(cells)} columns, not {PIXELS + 1}")
            for i, cell in enumerate(cells):
                most = 16 if i < PIXELS else DIGITS - 1
                if not re.fullmatch("[0-9]{1,2}", cell) or int(cell) > most:
                    stop(1, f"{file} line {number} column {i + 1} should be a whole number from 0 to {most}, "
                            f"not '{cell}'")
            *pixels, digit = map(int, cells)
            by_digit[digit].append(([pixel / 16 for pixel in pixels], digit))    # inputs between 0 and 1
    for digit in range(DIGITS):
        if len(by_digit[digit]) < 4:
            stop(1, f"{file} has fewer than 4 images of the digit {digit}; is it cut off?")
    return by_digit


def environment(name, fallback):
    return os.environ.get(name, "").strip() or fallback


def setting(name, fallback, kind, lowest, highest):
    given = environment(name, fallback)
    if re.fullmatch("[0-9]{1,9}" if "whole" in kind else r"[0-9]{0,9}\.?[0-9]{1,9}", given):
        if float(lowest) <= float(given) <= float(highest):
            return float(given)
    stop(2, f"{name} must be {kind} from {lowest} to {highest}, not '{given}'")


def report(metrics, line):
    metrics.write(json.dumps(line, separators=(",", ":")) + "\n")
    metrics.flush()    # at once, so that whoever watches can draw the curve as it happens


def write_json(file, fields):
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in fields.items())
    with open(file, "w", encoding="utf-8", newline="\n") as out:
        out.write("{\n" + lines + "\n}\n")


def say(line):
    print(line, flush=True)


def stop(exit_code, sentence):
    print("train.py: " + sentence, file=sys.stderr)
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
