# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 15: wrong ways to compute in many processes, and what to say about each."""

from lessons.course.mistakes import Mistake, probabilities_kept_from_zero

PADDED = "padded = rows.new_zeros(counts[0], *rows.shape[1:])"
PARTS = "parts = [torch.empty_like(padded) for _ in counts]"
CUT = "torch.cat([part[:count] for part, count in zip(parts, counts, strict=True)])"
CLONE = "total = gradient.clone(memory_format=torch.contiguous_format)"
REDUCE = "dist.all_reduce(total)"
BACK = "return total.split(shares(ctx.B))[rank()], None"
CHOSEN = 'parameters = [p for group in optimizer.param_groups for p in group["params"]]'
PRESENT = "gradients = [p.grad for p in parameters if p.grad is not None]"
FLAT = "flat = torch.cat([g.flatten() for g in gradients])"
SUM = "dist.all_reduce(flat)"
DIVIDE = "flat /= size()"
RETURN = "g.copy_(mean.view(g.shape))"
PIECES = "flat.split([g.numel() for g in gradients])"
START = "start = sum(shares(B)[: rank()])"
FIRST = "first = torch.arange(start, start + shares(B)[rank()], device=device)"
VIEWS = "views = torch.cat([first, first + B])"
PLACES = "return views, (views + B) % (2 * B)"
ALL = "z = F.normalize(torch.cat([gather(z1, B), gather(z2, B)]), dim=1, eps=1e-8)"
OWN = "own = F.normalize(torch.cat([z1, z2]), dim=1, eps=1e-8)"
LOGITS = "logits = own @ z.T / temperature"
ITSELF = 'logits = logits.scatter(1, views[:, None], float("-inf"))'
LOSS = 'return F.cross_entropy(logits, positives, reduction="sum") * size() / (2 * B)'
MEAN = "mean = gather(x.sum(0, keepdim=True), size()).sum(0) / B"
SQUARES = "squares = (x - mean).square().sum(0, keepdim=True)"
MOMENTS = "return mean, gather(squares, size()).sum(0) / B"
RUNNING = "running = running_statistics(method)"

LOG_OF_P = """
def own_nt_xent_loss(z1, z2, B, temperature=0.5):
    z = F.normalize(torch.cat([gather(z1, B), gather(z2, B)]), dim=1, eps=1e-8)
    own = F.normalize(torch.cat([z1, z2]), dim=1, eps=1e-8)
    views, positives = own_places(B, z.device)
    logits = (own @ z.T / temperature).scatter(1, views[:, None], float("-inf"))
    p = torch.softmax(logits, 1).gather(1, positives[:, None])
    return -LOG_P.sum() * size() / (2 * B)
"""

MISTAKES = [
    # all_rows
    Mistake(
        "padding_stays",
        "all_rows",
        (CUT, "torch.cat(parts)"),
        "The rows that you added for the exchange are still there. How many rows of each part are real?",
    ),
    Mistake(
        "cut_at_the_end",
        "all_rows",
        (CUT, "torch.cat(parts)[:B]"),
        "You cut rows off the end of the result, but a process with fewer rows has added some in the middle. How many rows of each part are real?",
        trains=True,
    ),
    Mistake(
        "smallest_share_for_all",
        "all_rows",
        (CUT, "torch.cat([part[: counts[-1]] for part in parts])"),
        "You keep as many rows of each process as the smallest share has, so some rows are lost. How many does each process have?",
        trains=True,
    ),
    Mistake(
        "own_share_for_all",
        "all_rows",
        (CUT, "torch.cat([part[: len(rows)] for part in parts])"),
        "You keep as many rows of each process as this one has. Do all processes have the same number of rows?",
    ),
    Mistake(
        "own_rows_first",
        "all_rows",
        (
            f"return {CUT}",
            "whole = [part[:count] for part, count in zip(parts, counts, strict=True)]\n"
            "    return torch.cat(whole[rank() :] + whole[: rank()])",
        ),
        "Each process has its own rows first, so the processes disagree about the order of the batch. Which order is the same for all?",
        trains=True,
    ),
    Mistake(
        "processes_reversed",
        "all_rows",
        (CUT, "torch.cat([part[:count] for part, count in zip(parts, counts, strict=True)][::-1])"),
        "The last process's rows come first. Which process has the first rows of the batch?",
        trains=True,
    ),
    Mistake(
        "interleaved",
        "all_rows",
        (
            CUT,
            "torch.stack([part[i] for i in range(counts[0]) for part, count in zip(parts, counts, strict=True) if i < count])",
        ),
        "You take a row of each process in turn, as cards are dealt. Which rows of the batch does process 0 have?",
        trains=True,
    ),
    Mistake(
        "one_tensor_for_all_parts",
        "all_rows",
        (PARTS, "parts = [torch.empty_like(padded)] * len(counts)"),
        "Your list holds the same tensor several times, so what came last overwrites the others. How do you make one tensor for each process?",
        trains=True,
    ),
    Mistake(
        "own_rows_for_all",
        "all_rows",
        ("dist.all_gather(parts, padded)", "parts = [padded] * len(counts)"),
        "Every part holds this process's own rows, and nothing is sent. Which call of torch.distributed exchanges tensors?",
        trains=True,
    ),
    Mistake(
        "own_rows_others_zero",
        "all_rows",
        (
            "dist.all_gather(parts, padded)",
            "parts = [padded if r == rank() else torch.zeros_like(padded) for r in range(len(counts))]",
        ),
        "The rows of the other processes are 0, and nothing is sent. Which call of torch.distributed exchanges tensors?",
        trains=True,
    ),
    Mistake(
        "sum_without_a_place",
        "all_rows",
        (
            f"return {CUT}",
            "whole = rows.new_zeros(B, *rows.shape[1:])\n    whole[: len(rows)] = rows\n    dist.all_reduce(whole)\n    return whole",
        ),
        "Each process writes its rows at the top, so the sum mixes rows of different processes. Where do this process's rows belong?",
        trains=True,
    ),
    Mistake(
        "through_float32",
        "all_rows",
        (PADDED, "padded = torch.zeros(counts[0], *rows.shape[1:])"),
        "What you make for the exchange is float32, whatever the rows are. How do you make zeros of the type of `rows`?",
        trains=True,
    ),
    # Gather.backward
    Mistake(
        "only_own_loss",
        "Gather.backward",
        (REDUCE, "pass"),
        "You keep only the gradient of this process's own loss, and nothing comes back from the other processes. Which gradients do their losses have for these rows?",
        trains=True,
    ),
    Mistake(
        "mean_of_the_losses",
        "Gather.backward",
        (REDUCE, "dist.all_reduce(total)\n        total /= size()"),
        "You average over the processes here, and average_gradients does so again: the gradient is 1/W of the right one. Is the transpose of a gather a sum or a mean?",
        trains=True,
    ),
    Mistake(
        "own_loss_times_W",
        "Gather.backward",
        (REDUCE, "total *= size()"),
        "You multiply this process's own gradient by W. That is the sum only if all processes compute the same loss; what if they do not?",
        trains=True,
    ),
    Mistake(
        "first_rows",
        "Gather.backward",
        (BACK, "return total[: shares(ctx.B)[rank()]], None"),
        "Every process takes the gradient of the first rows of the batch. Where do this process's rows begin?",
        trains=True,
    ),
    Mistake(
        "offset_by_own_share",
        "Gather.backward",
        (
            BACK,
            "b = shares(ctx.B)[rank()]\n        start = min(rank() * b, ctx.B - b)\n        return total[start : start + b], None",
        ),
        "You begin at rank times this process's own share. How many rows do the processes before it have, if the shares differ?",
    ),
    Mistake(
        "last_rows_first",
        "Gather.backward",
        (BACK, "return total.flip(0).split(shares(ctx.B))[rank()].flip(0), None"),
        "You count the rows from the end of the batch. Which rows does process 0 have?",
        trains=True,
    ),
    Mistake(
        "nothing_back",
        "Gather.backward",
        (BACK, "return None, None"),
        "No gradient comes back to the rows. What do you return for the first argument of the forward pass?",
    ),
    Mistake(
        "changes_the_gradient",
        "Gather.backward",
        (CLONE, "total = gradient if gradient.is_contiguous() else gradient.contiguous()"),
        "You sum into the gradient that you were given, which other parts of the graph use too. What must you make before an exchange in place?",
        trains=True,
    ),
    Mistake(
        "only_the_others",
        "Gather.backward",
        (REDUCE, "dist.all_reduce(total)\n        total = total - gradient"),
        "You leave out the gradient of this process's own loss. Which processes belong to the sum?",
        trains=True,
    ),
    Mistake(
        "largest_gradient",
        "Gather.backward",
        (REDUCE, "dist.all_reduce(total, dist.ReduceOp.MAX)"),
        "You take the largest of the gradients. If several losses use a row, does it get the largest of their gradients, or all of them together?",
        trains=True,
    ),
    # average_gradients
    Mistake(
        "sum_for_mean",
        "average_gradients",
        (DIVIDE, "pass"),
        "You sum the gradients of the processes and do not divide: the step is W times too long. What is the loss of all, a sum or a mean of the processes' losses?",
        trains=True,
    ),
    Mistake(
        "divided_and_not_sent",
        "average_gradients",
        (SUM, "pass"),
        "Each process divides its own gradient by W, and nothing is exchanged: the processes drift apart. Which call sums over the processes?",
        trains=True,
    ),
    Mistake(
        "divided_twice",
        "average_gradients",
        (DIVIDE, "flat /= size() ** 2"),
        "You divide by W twice, so the gradient is 1/W of the right one. How many factors of W did the sum bring?",
        trains=True,
    ),
    Mistake(
        "parameters_averaged",
        "average_gradients",
        (
            RETURN,
            "g.copy_(mean.view(g.shape))\n    for p in parameters:\n        dist.all_reduce(p.data)",
        ),
        "You exchange the parameters too, and change them. Which tensors should differ after the call: the parameters, or their gradients?",
    ),
    Mistake(
        "first_group",
        "average_gradients",
        (CHOSEN, 'parameters = list(optimizer.param_groups[0]["params"])'),
        "You treat only the first group of parameters. Which other groups does an optimiser have?",
        trains=True,
    ),
    Mistake(
        "result_unused",
        "average_gradients",
        (RETURN, "mean.view(g.shape)"),
        "You compute the means and write them nowhere, so the gradients stay as they were. What does the optimiser read?",
        trains=True,
    ),
    Mistake(
        "largest_of_all",
        "average_gradients",
        (SUM, "dist.all_reduce(flat, dist.ReduceOp.MAX)\n    flat *= size()"),
        "You take the largest gradient of all processes. Which operation of all_reduce gives a mean after you divide?",
        trains=True,
    ),
    Mistake(
        "first_process_decides",
        "average_gradients",
        (SUM, "dist.broadcast(flat, FIRST)\n    flat *= size()"),
        "All processes get the gradient of process 0, and what the others have learned is lost. How can all of them count?",
        trains=True,
    ),
    Mistake(
        "returned_to_the_wrong_one",
        "average_gradients",
        (
            PIECES,
            "reversed(flat.split([g.numel() for g in reversed(gradients)]))",
        ),
        "You cut the row of numbers in a different order from the one in which you joined it, so a parameter gets the numbers of another. In which order were they joined?",
        trains=True,
    ),
    Mistake(
        "zeros_for_none",
        "average_gradients",
        (
            PRESENT,
            "for p in parameters:\n        p.grad = torch.zeros_like(p) if p.grad is None else p.grad\n    gradients = [p.grad for p in parameters]",
        ),
        "A parameter without a gradient gets zeros, so an optimiser with weight decay moves it. What should it have after the call?",
        trains=True,
    ),
    Mistake(
        "only_matrices",
        "average_gradients",
        (
            PRESENT,
            "gradients = [p.grad for p in parameters if p.grad is not None and p.grad.dim() > 1]",
        ),
        "You average matrices and leave out gradients of one dimension, such as those of biases. Which parameters are trained?",
        trains=True,
    ),
    # own_places
    Mistake(
        "no_offset",
        "own_places",
        (START, "start = 0"),
        "You count from 0 in every process, so all processes claim the same views. How many rows come before those of this process?",
        trains=True,
    ),
    Mistake(
        "offset_by_rank",
        "own_places",
        (START, "start = rank() * shares(B)[rank()]"),
        "You begin at rank times this process's own share, but the shares may differ. How many rows do the processes before it have together?",
        trains=True,
    ),
    Mistake(
        "offset_by_the_quotient",
        "own_places",
        (START, "start = rank() * (B // size())"),
        "You begin at rank times B // W, as if W divided B. Who has the rows that are left over?",
        trains=True,
    ),
    Mistake(
        "one_process_too_far",
        "own_places",
        (START, "start = sum(shares(B)[: rank() + 1])"),
        "You count this process's own rows among those before it. Which shares come before it?",
    ),
    Mistake(
        "second_views_after_own_first",
        "own_places",
        (VIEWS, "views = torch.cat([first, first + len(first)])"),
        "You place second views behind this process's own first views. After how many first views do the second ones begin?",
        trains=True,
    ),
    Mistake(
        "own_views_are_pairs",
        "own_places",
        """def own_places(B, device=None):
    start = sum(shares(B)[: rank()])
    first = torch.arange(start, start + shares(B)[rank()], device=device)
    second = first + len(first)
    return torch.cat([first, second]), torch.cat([second, first])
""",
        "You place the second views right after this process's own first views. After how many first views, counting those of all processes, should they come?",
        trains=True,
    ),
    Mistake(
        "second_views_without_offset",
        "own_places",
        (VIEWS, "views = torch.cat([first, torch.arange(len(first), device=device) + B])"),
        "Your first views have the offset of this process, and your second views have none. Do both begin after the same number of images?",
        trains=True,
    ),
    Mistake(
        "positives_without_offset",
        "own_places",
        (
            PLACES,
            "b = len(first)\n    return views, torch.cat([torch.arange(B, B + b), torch.arange(b)]).to(first.device)",
        ),
        "Your positives are counted as in one process, without the offset: the anchors of process 1 get positives of process 0. What do you add to them?",
        trains=True,
    ),
    Mistake(
        "positive_is_itself",
        "own_places",
        (PLACES, "return views, views"),
        "Each view is its own positive. How far away is the other view of its image?",
        trains=True,
    ),
    Mistake(
        "positive_beyond_the_end",
        "own_places",
        (PLACES, "return views, views + B"),
        "The positives of second views are beyond the end of the table. What comes after the last place?",
    ),
    Mistake(
        "modulo_own_views",
        "own_places",
        (PLACES, "return views, (views + len(first)) % (2 * len(first))"),
        "You look for positives among this process's own 2b views only. How many views are there in all?",
        trains=True,
    ),
    Mistake(
        "blocks_by_process",
        "own_places",
        (
            VIEWS,
            "views = torch.arange(2 * start, 2 * start + 2 * len(first), device=device)",
        ),
        "You place both views of a process next to each other, then those of the next process. Which views come first in the order that the docstring describes?",
        trains=True,
    ),
    Mistake(
        "made_on_the_cpu",
        "own_places",
        (FIRST, "first = torch.arange(start, start + shares(B)[rank()])"),
        "Your tensors are on the CPU, whatever the device. Which argument does torch.arange need?",
        trains=True,
    ),
    # own_nt_xent_loss
    Mistake(
        "local_negatives",
        "own_nt_xent_loss",
        (
            ITSELF,
            ITSELF
            + "\n    ours = torch.zeros(2 * B, dtype=torch.bool).index_fill(0, views, True)\n"
            '    logits = logits.masked_fill(~ours, float("-inf"))',
        ),
        "This process's own views are the only candidates. Which views of the other processes does equation 1 compare them with?",
        trains=True,
    ),
    Mistake(
        "mean_of_own_views",
        "own_nt_xent_loss",
        (LOSS, "return F.cross_entropy(logits, positives)"),
        "You take the mean over this process's own views, so a view in a small share counts for more. By which number do you divide the sum, if W shares are averaged later?",
        trains=True,
    ),
    Mistake(
        "one_over_W",
        "own_nt_xent_loss",
        (LOSS, 'return F.cross_entropy(logits, positives, reduction="sum") / (2 * B)'),
        "You divide by all 2B views, and the average over processes divides by W again: the gradient is 1/W of the right one. Which factor makes up for it?",
        trains=True,
    ),
    Mistake(
        "a_sum",
        "own_nt_xent_loss",
        (LOSS, 'return F.cross_entropy(logits, positives, reduction="sum")'),
        "You sum over the views and divide by nothing. How many views does equation 1 average over?",
        trains=True,
    ),
    Mistake(
        "diagonal_for_own_places",
        "own_nt_xent_loss",
        (
            ITSELF,
            'logits = logits.masked_fill(torch.eye(len(own), 2 * B, dtype=torch.bool, device=z.device), float("-inf"))',
        ),
        "You mask the diagonal, which is right in one process alone. In which columns are this process's own views?",
        trains=True,
    ),
    Mistake(
        "exp_by_hand",
        "own_nt_xent_loss",
        (
            f"{ITSELF}\n    # an average over W processes follows, so the sum is divided by 2B / W, not by 2b\n    {LOSS}",
            "e = logits.exp().scatter(1, views[:, None], 0.0)\n"
            "    return -(e.gather(1, positives[:, None])[:, 0] / e.sum(1)).log().sum() * size() / (2 * B)",
        ),
        "At a low temperature, such as 0.005, your loss is infinite or NaN in float32, where exp(200) is too large and exp(-200) is 0. Which function takes the log of a sum of exponentials without computing one alone?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "itself_is_a_candidate",
        "own_nt_xent_loss",
        (ITSELF, "pass"),
        "A view is among its own candidates, at a similarity of 1. Which column of its row must not count?",
        trains=True,
    ),
    Mistake(
        "diagonal_masked",
        "own_nt_xent_loss",
        (ITSELF, "logits = logits.masked_fill(torch.eye(*logits.shape, dtype=torch.bool), -1e9)"),
        "You mask the diagonal, which is where a view meets itself in one process. In which column is view i of this process?",
        trains=True,
    ),
    Mistake(
        "candidates_are_constants",
        "own_nt_xent_loss",
        (
            ALL,
            "z = F.normalize(torch.cat([gather(z1, B), gather(z2, B)]).detach(), dim=1, eps=1e-8)",
        ),
        "The candidates have no gradient, so no view is pushed away from, or pulled to, an anchor of another process. Which function exchanges rows and lets gradients through?",
        trains=True,
    ),
    Mistake(
        "anchors_are_constants",
        "own_nt_xent_loss",
        (OWN, "own = F.normalize(torch.cat([z1, z2]).detach(), dim=1, eps=1e-8)"),
        "The anchors have no gradient; only the candidates learn. Through which two ways does a row influence the loss?",
        trains=True,
    ),
    Mistake(
        "candidates_not_normalised",
        "own_nt_xent_loss",
        (ALL, "z = torch.cat([gather(z1, B), gather(z2, B)])"),
        "Only the anchors have unit norm, so a long candidate counts for more. What is the similarity in equation 1?",
        trains=True,
    ),
    Mistake(
        "nothing_normalised",
        "own_nt_xent_loss",
        (OWN, "own = torch.cat([z1, z2])\n    z = torch.cat([gather(z1, B), gather(z2, B)])"),
        "You compare projections as they are, so long ones count for more. What is the similarity in equation 1?",
        trains=True,
    ),
    Mistake(
        "times_the_temperature",
        "own_nt_xent_loss",
        (LOGITS, "logits = own @ z.T * temperature"),
        "You multiply by the temperature. What does equation 1 do with it?",
        trains=True,
    ),
    Mistake(
        "no_temperature",
        "own_nt_xent_loss",
        (LOGITS, "logits = own @ z.T"),
        "The temperature has no effect. What does equation 1 divide by it?",
        trains=True,
    ),
    Mistake(
        "first_views_only",
        "own_nt_xent_loss",
        (
            LOSS,
            'b = len(z1)\n    return F.cross_entropy(logits[:b], positives[:b], reduction="sum") * size() / B',
        ),
        "Only first views are anchors. Which views does equation 1 average over?",
        trains=True,
    ),
    Mistake(
        "only_the_other_view",
        "own_nt_xent_loss",
        (
            ITSELF,
            'same = (views[:, None] < B) == (torch.arange(2 * B) < B)\n    logits = logits.masked_fill(same, float("-inf"))',
        ),
        "Candidates of the same view are left out: a first view meets second views only. How many candidates does a view have in equation 1?",
        trains=True,
    ),
    Mistake(
        "places_on_the_cpu",
        "own_nt_xent_loss",
        ("own_places(B, z.device)", "own_places(B)"),
        "You make a tensor on the CPU or move one there, whatever device the projections are on. Where must the places be?",
        trains=True,
    ),
    # moments
    Mistake(
        "local_statistics",
        "moments",
        (MEAN, "return x.mean(0), x.var(0, correction=0)"),
        "These are the mean and variance of this process's own rows. What do the other processes have?",
        trains=True,
    ),
    Mistake(
        "mean_of_means",
        "moments",
        (MEAN, "mean = gather(x.mean(0, keepdim=True), size()).mean(0)"),
        "You average the means of the processes, so a row in a small share counts for more. What do you need besides each mean?",
        trains=True,
    ),
    Mistake(
        "variance_around_own_mean",
        "moments",
        (SQUARES, "squares = (x - x.mean(0)).square().sum(0, keepdim=True)"),
        "You measure distances from this process's own mean, so differences between processes are missing. From which mean is the variance of all rows measured?",
        trains=True,
    ),
    Mistake(
        "mean_of_variances",
        "moments",
        (MOMENTS, "return mean, gather(x.var(0, correction=0, keepdim=True), size()).mean(0)"),
        "You average the variances of the processes. What if their means differ, and their numbers of rows?",
        trains=True,
    ),
    Mistake(
        "unbiased",
        "moments",
        (MOMENTS, "return mean, gather(squares, size()).sum(0) / (B - 1)"),
        "You divide the squares by B - 1. What does the docstring say about a correction?",
        trains=True,
    ),
    Mistake(
        "square_of_the_mean",
        "moments",
        (
            SQUARES,
            "squares = (x.square() - mean.square()).sum(0, keepdim=True)",
        ),
        "You subtract the square of the mean from the squares. If the mean is 3,000, how many digits of float32 are left for the difference?",
        trains=True,
    ),
    Mistake(
        "squares_without_mean",
        "moments",
        (SQUARES, "squares = x.square().sum(0, keepdim=True)"),
        "This is the mean of the squares. What is subtracted before squaring?",
        trains=True,
    ),
    Mistake(
        "standard_deviation",
        "moments",
        (MOMENTS, "return mean, (gather(squares, size()).sum(0) / B).sqrt()"),
        "This is the standard deviation. What does the function return besides the mean?",
        trains=True,
    ),
    Mistake(
        "statistics_are_constants",
        "moments",
        (MOMENTS, "return mean.detach(), (gather(squares, size()).sum(0) / B).detach()"),
        "The statistics have no gradient, as if no row moved them. What does a batch norm do with the gradient through its mean?",
        trains=True,
    ),
    Mistake(
        "constant_for_the_others",
        "moments",
        (
            MEAN,
            "sums = x.sum(0, keepdim=True)\n    mean = (sums + all_rows(sums, size()).sum(0) - sums.detach()).sum(0) / B",
        ),
        "Your mean has a gradient for this process's own rows, but the other processes' losses send none back. Which function sends gradients back?",
        trains=True,
    ),
    Mistake(
        "sums_without_a_way_back",
        "moments",
        """def moments(x, B):
    def total(rows):
        own = rows.sum(0)
        whole = own.detach().clone()
        if size() > 1:
            dist.all_reduce(whole)
        return whole + own - own.detach()

    mean = total(x) / B
    return mean, total((x - mean).square()) / B
""",
        "You exchange the sums without a gradient, so the other processes' losses send your rows none. Which function sends gradients back?",
        trains=True,
    ),
    Mistake(
        "divided_by_own_rows",
        "moments",
        (MOMENTS, "return mean, gather(squares, size()).sum(0) / len(x)"),
        "You sum the squares over all processes, and divide by this process's number of rows. How many rows are in the sum?",
        trains=True,
    ),
    # project_chunk
    Mistake(
        "network_is_kept",
        "project_chunk",
        (RUNNING, "return method.project_views(chunk)"),
        "All that the network computes is kept for the backward pass, so chunks save no memory. What may stay, and what is computed again?",
        trains=True,
    ),
    Mistake(
        "no_way_back",
        "project_chunk",
        (RUNNING, "with torch.no_grad():\n        return method.project_views(chunk)"),
        "You save memory, but no gradient reaches the parameters. Is a graph recorded, and which `use_reentrant` needs no gradient in the input?",
    ),
    Mistake(
        "trains_only_what_follows",
        "project_chunk",
        (
            RUNNING,
            "with torch.no_grad():\n        z = method.project_views(chunk)\n    return [one.requires_grad_() for one in z]",
        ),
        "The projections collect a gradient, and it ends there. Who brings it back through the network?",
    ),
    Mistake(
        "statistics_move_twice",
        "project_chunk",
        (
            "context_fn=lambda: (nullcontext(), unchanged(running)),",
            "context_fn=lambda: (nullcontext(), nullcontext()),",
        ),
        "The running statistics move in the second pass too. Which helper leaves them as they are?",
        trains=True,
    ),
    Mistake(
        "passes_exchanged",
        "project_chunk",
        ("(nullcontext(), unchanged(running))", "(unchanged(running), nullcontext())"),
        "The running statistics move in the second pass, during the backward pass, and not in the first. Which of the two passes must leave them as they are?",
        trains=True,
    ),
    Mistake(
        "statistics_never_move",
        "project_chunk",
        ("(nullcontext(), unchanged(running))", "(unchanged(running), unchanged(running))"),
        "The running statistics move in neither pass. Which of the two passes counts as training?",
        trains=True,
    ),
    Mistake(
        "gradient_of_ones",
        "project_chunk",
        (
            RUNNING,
            "with torch.no_grad():\n        z = torch.cat(method.project_views(chunk)).requires_grad_()\n\n"
            "    def again(gradient):\n        with torch.enable_grad(), unchanged(running_statistics(method)):\n"
            "            torch.cat(method.project_views(chunk)).sum().backward()\n\n"
            "    z.register_hook(again)\n    return list(z.split([len(x) for x in chunk]))",
        ),
        "In the second pass you start from a gradient of 1 for every number. Which gradient did the loss send them?",
        trains=True,
    ),
    Mistake(
        "each_view_goes_back_for_all",
        "project_chunk",
        (
            RUNNING,
            "with torch.no_grad():\n        z = [one.requires_grad_() for one in method.project_views(chunk)]\n\n"
            "    def again(gradient):\n        with torch.enable_grad(), unchanged(running_statistics(method)):\n"
            "            torch.cat(method.project_views(chunk)).backward(torch.cat([gradient] * len(chunk)))\n\n"
            "    for one in z:\n        one.register_hook(again)\n    return z",
        ),
        "When the gradient of one view arrives, you send it back through all views. To which view does it belong?",
        trains=True,
    ),
    Mistake(
        "first_view_goes_back",
        "project_chunk",
        (
            RUNNING,
            "with torch.no_grad():\n        z = [one.requires_grad_() for one in method.project_views(chunk)]\n\n"
            "    def again(gradient):\n        with torch.enable_grad(), unchanged(running_statistics(method)):\n"
            "            method.project_views(chunk)[0].backward(gradient)\n\n"
            "    z[0].register_hook(again)\n    return z",
        ),
        "Only the gradient of the first view goes back through the network. Which other views have one?",
        trains=True,
    ),
    Mistake(
        "views_reversed",
        "project_chunk",
        (RUNNING, "running = running_statistics(method)\n    chunk = chunk[::-1]"),
        "The views come back in reverse order. In which order did they come in?",
        trains=True,
    ),
    Mistake(
        "second_pass_in_eval_mode",
        "project_chunk",
        (
            RUNNING,
            "with torch.no_grad():\n        z = torch.cat(method.project_views(chunk)).requires_grad_()\n\n"
            "    def again(gradient):\n        with torch.enable_grad():\n            method.eval()\n"
            "            torch.cat(method.project_views(chunk)).backward(gradient)\n            method.train()\n\n"
            "    z.register_hook(again)\n    return list(z.split([len(x) for x in chunk]))",
        ),
        "The second pass runs in evaluation mode, where a batch norm uses its running statistics, so it does not repeat what the first pass did. How else can the statistics be left as they are?",
        trains=True,
    ),
    Mistake(
        "starts_at_largest_share",
        "own_places",
        """
def own_places(B, device=None):
    W, r = size(), rank()
    mine = shares(B)[r]
    start = r * ((B + W - 1) // W)
    a = torch.tensor([start + i for i in range(mine)], dtype=torch.long, device=device)
    b = a + B
    return torch.hstack([a, b]), torch.hstack([b, a])
""",
        "You let every process begin at r times the largest share. With 7 rows in 3 processes, where does the third one begin?",
        trains=True,
    ),
    Mistake(
        "process_by_process",
        "own_places",
        """
def own_places(B, device=None):
    counts = shares(B)
    b = counts[rank()]
    offset = 2 * sum(counts[i] for i in range(rank()))
    views = offset + torch.arange(2 * b, device=device)
    positives = offset + torch.roll(torch.arange(2 * b, device=device), b)
    return views, positives
""",
        "You place the views process by process. What comes first in the order of the docstring, all first views or one process's views?",
        trains=True,
    ),
    Mistake(
        "diagonal_is_itself",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1, z2, B, temperature=0.5):
    mine = F.normalize(torch.cat((z1, z2), dim=0), dim=1)
    everyone = torch.cat((F.normalize(gather(z1, B), dim=1), F.normalize(gather(z2, B), dim=1)), dim=0)
    sim = torch.einsum("id,jd->ij", mine, everyone) / temperature
    itself = torch.eye(sim.shape[0], sim.shape[1], dtype=torch.bool, device=sim.device)
    _, partner = own_places(B, sim.device)
    attract = sim.gather(1, partner.unsqueeze(1)).squeeze(1)
    denominator = sim.masked_fill(itself, -float("inf")).logsumexp(dim=1)
    return (denominator - attract).sum() * size() / (2.0 * B)
""",
        "You mask the diagonal of the table, but its rows are your views and its columns are all views. In which column is a view itself?",
        trains=True,
    ),
    Mistake(
        "processes_weigh_the_same",
        "moments",
        """
def moments(x, B):
    W = size()
    local_mean = x.mean(dim=0, keepdim=True)
    local_var = x.var(dim=0, unbiased=False, keepdim=True)
    means, variances = gather(local_mean, W), gather(local_var, W)
    mean = means.mean(dim=0)
    within = variances.mean(dim=0)
    between = ((means - mean) ** 2).mean(dim=0)
    return mean, within + between
""",
        "You give each process the same weight, although one may have a row more. How many rows does each mean stand for?",
        trains=True,
    ),
    Mistake(
        "mean_lost_in_a_copy",
        "average_gradients",
        """
def average_gradients(optimizer):
    grads = []
    for group in optimizer.param_groups:
        for w in group["params"]:
            if w.grad is not None:
                grads.append(w.grad)
    if not grads:
        return
    vector = torch.cat([g.reshape(-1) for g in grads])
    dist.all_reduce(vector)
    vector.div_(size())
    done = 0
    for g in grads:
        n = g.numel()
        g.reshape(-1).copy_(vector[done:done + n])
        done += n
""",
        "You write the means into reshape(-1), which is a copy if a gradient is not contiguous, as with channels_last. Whose memory must the mean reach?",
        trains=True,
    ),
    Mistake(
        "rewinds_the_first_pass",
        "project_chunk",
        """
def project_chunk(method, chunk):
    stats = running_statistics(method)
    saved = [s.clone() for s in stats]

    @contextmanager
    def rewind():
        try:
            yield
        finally:
            set_all(stats, saved)

    return checkpoint(method.project_views, chunk, use_reentrant=False, context_fn=lambda: (nullcontext(), rewind()))
""",
        "You restore the statistics from before the first pass, so its update is lost. Which of the two passes may leave no trace?",
        trains=True,
    ),
    Mistake(
        "no_exchange_of_zeros",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient):
    if not gradient.any():  # nothing to add
        counts = shares(ctx.B)
        return gradient.new_zeros(counts[rank()], *gradient.shape[1:]), None
    total = gradient.clone(memory_format=torch.contiguous_format)
    dist.all_reduce(total)
    return total.split(shares(ctx.B))[rank()], None
""",
        "A process whose own gradient is zero skips the exchange, and the others wait for it. Who must take part in an all_reduce?",
        trains=True,
    ),
    Mistake(
        "gradients_of_the_first_step",
        "average_gradients",
        """
def average_gradients(optimizer):
    if "known" not in vars(optimizer):  # look for them only once
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        optimizer.known = [p.grad for p in parameters if p.grad is not None]
    gradients = optimizer.known
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    flat /= size()
    for g, mean in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        g.copy_(mean.view(g.shape))
""",
        "In every step you average the gradient tensors of the first step. What does zero_grad do with them?",
        trains=True,
    ),
    Mistake(
        "cpu_without_a_device",
        "own_places",
        """
def own_places(B, device=None):
    start = sum(shares(B)[: rank()])
    first = torch.arange(start, start + shares(B)[rank()], device=device or "cpu")
    views = torch.cat([first, first + B])
    return views, (views + B) % (2 * B)
""",
        "Without a device you make tensors on the CPU. What is torch's default device?",
        trains=True,
    ),
    Mistake(
        "each_view_alone",
        "project_chunk",
        """
def project_chunk(method, chunk):
    running = running_statistics(method)
    return [
        checkpoint(
            lambda one: method.project_views([one])[0],
            x,
            use_reentrant=False,
            preserve_rng_state=False,
            context_fn=lambda: (nullcontext(), unchanged(running)),
        )
        for x in chunk
    ]
""",
        "You give project_views one view at a time. What if the network looks at its views together?",
        trains=True,
    ),
    Mistake(
        "padded_with_the_last_row",
        "all_rows",
        """
def all_rows(rows, B):
    counts = shares(B)
    padded = rows if len(rows) == counts[0] else torch.cat([rows, rows[-1:]])
    padded = padded.contiguous()
    parts = [torch.empty_like(padded) for _ in counts]
    dist.all_gather(parts, padded)
    return torch.cat([part[:count] for part, count in zip(parts, counts, strict=True)])
""",
        "You pad with the last row, but a process without rows has none. What else has the right shape?",
        trains=True,
    ),
    Mistake(
        "moments_in_place",
        "moments",
        """
def moments(x, B):
    mean = gather(x.sum(0, keepdim=True), size()).sum(0) / B
    x -= mean
    squares = x.square().sum(0, keepdim=True)
    return mean, gather(squares, size()).sum(0) / B
""",
        "You subtract the mean from the caller's rows in place. Which kind of difference makes a new tensor?",
        trains=True,
    ),
    Mistake(
        "restores_the_first_passes_statistics",
        "project_chunk",
        """
def project_chunk(method, chunk):
    running = running_statistics(method)

    @contextmanager
    def again():
        try:
            yield
        finally:
            set_all(running, after)  # as the first pass left them

    z = checkpoint(
        method.project_views,
        chunk,
        use_reentrant=False,
        preserve_rng_state=False,
        context_fn=lambda: (nullcontext(), again()),
    )
    after = [one.clone() for one in running]
    return z
""",
        "In the second pass you set the running statistics back to those after the first, although other chunks may have moved them since. Which ones must stay?",
        trains=True,
    ),
    Mistake(
        "gradient_in_equal_chunks",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient):
    added = gradient.detach().clone(memory_format=torch.contiguous_format)
    dist.all_reduce(added, op=dist.ReduceOp.SUM)
    return added.chunk(size())[rank()], None
""",
        "You divide the rows into equal chunks, and the last process gets the rest. How are 7 rows divided among 3 processes?",
        trains=True,
    ),
    Mistake(
        "own_rows_times_processes",
        "moments",
        """
def moments(x, B):
    rows = len(x) * size()
    mu = gather(x.sum(0)[None], size()).sum(0) / rows
    second = gather(((x - mu) ** 2).sum(0)[None], size()).sum(0) / rows
    return mu, second
""",
        "You divide by your own number of rows times the number of processes. What if the shares differ?",
        trains=True,
    ),
    Mistake(
        "parameters_of_the_first_call",
        "average_gradients",
        """
def average_gradients(optimizer):
    if not hasattr(optimizer, "learning"):
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        optimizer.learning = [p for p in parameters if p.grad is not None]
    gradients = [p.grad for p in optimizer.learning if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    flat /= size()
    for g, mean in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        g.copy_(mean.view(g.shape))
""",
        "You look for the parameters with a gradient in the first call alone. What about one that begins to learn later?",
        trains=True,
    ),
    Mistake(
        "means_weigh_the_same",
        "moments",
        """def moments(x: Tensor, B: int) -> tuple[Tensor, Tensor]:
    W = size()
    count = max(len(x), 1)
    own_mean = x.sum(0, keepdim=True) / count
    own_squares = (x - own_mean).square().sum(0, keepdim=True)
    mean = gather(x.sum(0, keepdim=True), W).sum(0) / B
    # variance = variance within the processes + variance of their means
    within = gather(own_squares, W).sum(0) / B
    between = (gather(own_mean, W) - mean).square().mean(0)
    return mean, within + between
""",
        "Each process's mean has the same weight in your variance, however many rows it has. By how much should the mean of one row of nine count?",
        trains=True,
    ),
    Mistake(
        "replay_in_hooks",
        "project_chunk",
        """def project_chunk(method: nn.Module, chunk: list[Tensor]) -> list[Tensor]:
    with torch.no_grad():
        z = [one.detach() for one in method.project_views(chunk)]
    running = running_statistics(method)
    if not torch.is_grad_enabled():
        return z
    arrived: dict[int, Tensor] = {}

    def replay():
        # all gradients are here: the second pass, and the gradients flow through it
        gradients = [arrived[v] for v in range(len(z))]
        arrived.clear()
        with torch.enable_grad(), unchanged(running):
            again = method.project_views(chunk)
            pairs = [(a, g) for a, g in zip(again, gradients, strict=True) if a.requires_grad]
            torch.autograd.backward([a for a, _ in pairs], [g for _, g in pairs])

    def keep(v):
        def hook(gradient):
            arrived[v] = gradient
            if len(arrived) == len(z):
                replay()

        return hook

    for v, one in enumerate(z):
        one.requires_grad_().register_hook(keep(v))
    return z
""",
        "Your second pass waits for the gradient of every view. What if the loss does not use one of them?",
        trains=True,
    ),
    Mistake(
        "padding_first_cut_last",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    counts = shares(B)
    mine = rows.detach()
    missing = counts[0] - len(mine)
    filler = mine.new_zeros(missing, *mine.shape[1:])
    sent = torch.cat([filler, mine])
    received = [torch.empty_like(sent) for _ in counts]
    dist.all_gather(received, sent)
    return torch.cat([block[:count] for block, count in zip(received, counts)])
""",
        "You pad before the rows and cut off behind them, so a smaller share loses a row. Which of the received rows are padding?",
        trains=True,
    ),
    Mistake(
        "cut_and_then_summed",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
    own = own_rows(gradient).clone(memory_format=torch.contiguous_format)
    dist.all_reduce(own)
    return own, None
""",
        "You cut first and sum afterwards, so gradients of different rows are added. Which rows must be summed over the processes?",
        trains=True,
    ),
    Mistake(
        "images_dealt_in_turn",
        "own_places",
        """
def own_places(B: int, device=None) -> tuple[Tensor, Tensor]:
    first = torch.arange(rank(), B, size(), device=device)
    second = first + B
    return torch.cat([first, second]), torch.cat([second, first])
""",
        "You deal the images to the processes in turn. Which images does own_rows give to a process?",
        trains=True,
    ),
    Mistake(
        "empty_list_of_places",
        "own_places",
        """
def own_places(B, device=None):
    counts = shares(B)
    offset = 0
    for r in range(rank()):
        offset += counts[r]
    first = [offset + i for i in range(counts[rank()])]
    second = [i + B for i in first]
    return (
        torch.tensor(first + second, device=device),
        torch.tensor(second + first, device=device),
    )
""",
        "You make a tensor of a list that may be empty. Which dtype does torch.tensor([]) have?",
        trains=True,
    ),
    Mistake(
        "zeros_taken_for_padding",
        "all_rows",
        """
def all_rows(rows, B):
    most = max(shares(B))
    sent = F.pad(rows.detach(), (0, 0, 0, most - len(rows))).contiguous()
    received = [torch.empty_like(sent) for _ in range(size())]
    dist.all_gather(received, sent)
    table = torch.cat(received)
    if len(table) > B:
        # the padding is all zeros
        table = table[(table != 0).any(dim=1)]
    return table
""",
        "You take rows of zeros for padding, but a process may send such rows. How do you know how many rows each sends?",
        trains=True,
    ),
    Mistake(
        "counts_on_the_cpu",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    counts = shares(B)
    W, most = len(counts), max(counts)
    mine = F.pad(rows.detach(), (0, 0, 0, most - rows.shape[0])).contiguous()
    buffer = torch.empty((W, *mine.shape), dtype=rows.dtype, device=rows.device)
    dist.all_gather(list(buffer.unbind(0)), mine)
    used = torch.arange(most) < torch.tensor(counts, device=rows.device)[:, None]
    return buffer[used]
""",
        "You make a tensor on the CPU and compare it with one on the device of the rows. Where must both be?",
        trains=True,
    ),
    Mistake(
        "sent_in_the_order_of_memory",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    parts = []
    for sender, count in enumerate(shares(B)):
        if sender == rank():
            part = rows.detach().clone()
        else:
            part = rows.new_empty((count, *rows.shape[1:]))
        dist.broadcast(part, sender)
        parts.append(part)
    return torch.cat(parts)
""",
        "You send numbers in the order in which they are in memory, and a transposed tensor is stored by columns. Which method gives a tensor that is stored by rows?",
        trains=True,
    ),
    Mistake(
        "rows_with_their_graph",
        "all_rows",
        """
def all_rows(rows, B):
    parts = shares(B)
    begin = sum(parts[: rank()])
    table = torch.zeros((B, *rows.shape[1:]), dtype=rows.dtype, device=rows.device)
    table[begin : begin + parts[rank()]] = rows
    dist.all_reduce(table)
    return table
""",
        "Your result has a graph if the rows have one, although the others' rows get no gradient. What must you write into the table?",
        trains=True,
    ),
    Mistake(
        "blocks_rounded_up",
        "own_places",
        """
def own_places(B: int, device=None) -> tuple[Tensor, Tensor]:
    block = -(-B // size())  # B / W, rounded up
    first = min(rank() * block, B)
    last = min(first + block, B)
    rows = torch.arange(first, last, device=device)
    ours = torch.cat([rows, rows + B])
    positives = torch.cat([rows + B, rows])
    return ours, positives
""",
        "You give each process B / W rows, rounded up, until none are left: 3, 3 and 1 of 7. How many does `shares` give to each?",
        trains=True,
    ),
    *probabilities_kept_from_zero("own_nt_xent_loss", LOG_OF_P, "a bad pair"),
]
